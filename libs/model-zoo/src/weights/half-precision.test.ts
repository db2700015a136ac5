import { expect, test } from 'vitest';
import { fromHalf, toHalf } from './half-precision.js';

/** Every finite half from 0 up, in order of value. */
const halves = Array.from({ length: 0x7c00 }, (_, bits) => bits);

test('toHalf() returns every half to its own bits', () => {
  const all = [...halves, 0x7c00].flatMap((bits) => [bits, bits | 0x8000]);
  expect(all.filter((bits) => toHalf(fromHalf(bits)) !== bits)).toEqual([]);
});

test('toHalf() rounds to the nearest half, ties to the even one', () => {
  const single = new Float32Array(1);
  const bitsOf = new Uint32Array(single.buffer);
  const neighbour = (value: number, step: number) => {
    single[0] = value;
    bitsOf[0] += step;
    return single[0];
  };
  const wrong = halves.slice(0, -1).filter((bits) => {
    const middle = (fromHalf(bits) + fromHalf(bits + 1)) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    return (
      toHalf(middle) !== even ||
      toHalf(-middle) !== (even | 0x8000) ||
      toHalf(neighbour(middle, -1)) !== bits ||
      toHalf(neighbour(middle, 1)) !== bits + 1
    );
  });
  expect(wrong).toEqual([]);
});

test('toHalf() overflows to infinity, underflows to zero and keeps NaN and signs', () => {
  expect(toHalf(65519.996)).toBe(0x7bff);
  expect(toHalf(65520)).toBe(0x7c00);
  expect(toHalf(-3e38)).toBe(0xfc00);
  expect(toHalf(2 ** -25)).toBe(0);
  expect(toHalf(-(2 ** -26))).toBe(0x8000);
  expect(toHalf(1e-40)).toBe(0);
  expect(fromHalf(toHalf(Number.NaN))).toBeNaN();
  expect(Object.is(fromHalf(0x8000), -0)).toBe(true);
  expect(fromHalf(0xfc00)).toBe(Number.NEGATIVE_INFINITY);
});
