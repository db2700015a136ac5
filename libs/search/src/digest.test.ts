import { expect, test } from 'vitest';
import { digestOf } from './digest.js';

test('digestOf() does not depend on the order of keys, but on every value and on the order of lists', () => {
  const digest = digestOf({ a: 1, b: { c: [1, 2], d: null } });
  expect(digestOf({ b: { d: null, c: [1, 2] }, a: 1 })).toBe(digest);
  expect(digestOf({ a: 1, b: { c: [2, 1], d: null } })).not.toBe(digest);
  expect(digestOf({ a: 1.0000001, b: { c: [1, 2], d: null } })).not.toBe(digest);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
});
