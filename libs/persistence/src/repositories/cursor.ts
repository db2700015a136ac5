import { InvalidInputError } from '#primitives';

/** What a part of a cursor is compared with: a column of 32 bits, of 64 bits, or of floating point numbers. */
export type CursorPart = 'integer' | 'bigint' | 'number';

const fits: Readonly<Record<CursorPart, (part: unknown) => boolean>> = {
  integer: (part) => Number.isInteger(part) && Math.abs(part as number) < 2 ** 31,
  bigint: Number.isSafeInteger,
  number: Number.isFinite,
};

/** A place in a listing as text for clients; they pass it back unchanged. */
export function encodeCursor(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * Reads a cursor back.
 *
 * @param parts What each of its parts is; `null` beside a kind where the column has rows without a value.
 * @throws {InvalidInputError} if it is not one that `encodeCursor` made of such parts.
 */
export function decodeCursor(cursor: string, parts: readonly (CursorPart | readonly [CursorPart, null])[]) {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isPlace = Array.isArray(place) && place.length === parts.length;
    if (isPlace && parts.every((part, index) => isPart(part, place[index]))) return place as (number | null)[];
  } catch {
    // Refused below, like any other text.
  }
  throw new InvalidInputError([{ field: 'cursor', value: cursor, allowed: 'the nextCursor of an earlier page' }]);
}

function isPart(part: CursorPart | readonly [CursorPart, null], value: unknown): boolean {
  return typeof part === 'string' ? fits[part](value) : value === null || fits[part[0]](value);
}
