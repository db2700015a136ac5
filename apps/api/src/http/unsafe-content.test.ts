import { expect, test } from 'vitest';
import { unsafeContent } from './unsafe-content.js';

test('unsafeContent() passes what JSON usually holds', () => {
  expect(unsafeContent({ a: [1, 'two', null, { b: true }] })).toBeUndefined();
});

test('unsafeContent() finds NUL characters in values and keys', () => {
  expect(unsafeContent({ a: { b: 'x\0y' } })).toEqual({ field: 'a.b', allowed: 'text without NUL characters' });
  expect(unsafeContent({ a: { '\0': 1 } })).toEqual({
    field: 'a',
    allowed: 'an object whose keys have no NUL characters',
  });
});

test('unsafeContent() finds lone surrogates in values and keys, and passes whole pairs', () => {
  expect(unsafeContent({ a: ['x\ud800'] })).toEqual({
    field: 'a.0',
    allowed: 'well-formed Unicode text, without lone surrogates',
  });
  expect(unsafeContent({ '\udc00': 1 })).toEqual({
    field: '(input)',
    allowed: 'an object whose keys are well-formed Unicode text',
  });
  expect(unsafeContent({ '\ud83d\udc1c': '\ud83d\udc1d' })).toBeUndefined();
});

test('unsafeContent() finds keys that reach for prototypes', () => {
  expect(unsafeContent(JSON.parse('{"a":{"__proto__":{"admin":true}}}'))).toEqual({
    field: 'a.__proto__',
    allowed: 'absent',
  });
});

test('unsafeContent() refuses nesting that would exhaust the stack of others, without exhausting its own', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(unsafeContent(deep)?.allowed).toBe('nested at most 32 levels deep');
});
