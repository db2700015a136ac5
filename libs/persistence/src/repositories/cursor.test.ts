import { expect, test } from 'vitest';
import { type CursorPart, decodeCursor, encodeCursor } from './cursor.js';

type Part = CursorPart | readonly [CursorPart, null];
const sorted: Part[] = [['number', null], 'integer'];

test.each<[(number | null)[], Part[]]>([
  [[12], ['bigint']],
  [[2 ** 40], ['bigint']],
  [[0.1 + 0.2, 7], sorted],
  [[null, 3], sorted],
])('decodeCursor() reads %j back as %j', (place, parts) => {
  expect(decodeCursor(encodeCursor(place), parts)).toEqual(place);
});

test.each(['', '%%%', 'e30', encodeCursor([1]), encodeCursor([1, 2, 3]), encodeCursor(['1; DROP TABLE trial', 2])])(
  'decodeCursor() refuses %j',
  (cursor) => {
    expect(() => decodeCursor(cursor, sorted)).toThrow('must be the nextCursor of an earlier page');
  },
);

test.each<[number | null, Part]>([
  [1.5, 'bigint'],
  [1e300, 'bigint'],
  [2 ** 53, 'bigint'],
  [null, 'bigint'],
  [0.5, 'integer'],
  [2 ** 31, 'integer'],
  [1.5, ['bigint', null]],
])('decodeCursor() refuses %j where the column is %j', (value, part) => {
  expect(() => decodeCursor(encodeCursor([value]), [part])).toThrow('must be the nextCursor of an earlier page');
});
