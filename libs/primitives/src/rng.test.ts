import { expect, test } from 'vitest';
import { hashSeed, Rng } from './rng.js';

test('Rng.float() equals numpy RandomState(42).random_sample()', () => {
  const rng = new Rng(42);
  expect([rng.float(), rng.float(), rng.float()]).toEqual([0.3745401188473625, 0.9507143064099162, 0.7319939418114051]);
});

test('Rng.permutation() holds every index once and repeats for a seed', () => {
  const order = new Rng(7).permutation(100);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(new Rng(7).permutation(100)).toEqual(order);
  expect(new Rng(8).permutation(100)).not.toEqual(order);
});

test('Rng.normal() has mean 0 and variance 1 within five standard errors', () => {
  const rng = new Rng(3);
  const n = 20_000;
  const draws = Array.from({ length: n }, () => rng.normal());
  const mean = draws.reduce((sum, x) => sum + x, 0) / n;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
});

test('Rng.fork() does not depend on the numbers drawn before', () => {
  const early = new Rng(5);
  const late = new Rng(5);
  late.float();
  expect(early.fork('dropout').float()).toBe(late.fork('dropout').float());
  expect(hashSeed(5, 'a')).not.toBe(hashSeed(5, 'b'));
});

test('Rng refuses a seed outside [0, 2^32)', () => {
  expect(() => new Rng(-1)).toThrow('must be an integer in [0, 4294967296)');
});
