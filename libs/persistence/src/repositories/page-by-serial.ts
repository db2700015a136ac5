import type { Page, PageRequest } from '#search';
import { decodeCursor, encodeCursor } from './cursor.js';

/** Parameters of a statement that lists the newest first: the serial of the last row seen or null, and one row too many. */
export function serialParameters({ cursor, limit }: PageRequest): [after: number | null, limit: number] {
  return [cursor === undefined ? null : decodeCursor(cursor, ['bigint'])[0], limit + 1];
}

/** The page that such a statement's rows make. */
export function pageBySerial<Row extends { serial: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const items = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? encodeCursor([Number(items[limit - 1].serial)]) : null;
  return { items: items.map(toItem), nextCursor };
}
