import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.js';

test.each([[[12]], [[0.1 + 0.2, 7]], [[null, 3]]])('decodeCursor() reads %j back', (place) => {
  expect(decodeCursor(encodeCursor(place), place.length)).toEqual(place);
});

test.each(['', '%%%', 'e30', encodeCursor([1]), encodeCursor([1, 2, 3]), encodeCursor(['1; DROP TABLE trial', 2])])(
  'decodeCursor() refuses %j',
  (cursor) => {
    expect(() => decodeCursor(cursor, 2)).toThrow('must be the nextCursor of an earlier page');
  },
);
