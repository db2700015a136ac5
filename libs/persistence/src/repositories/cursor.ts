import { InvalidInputError } from '#primitives';

/** A place in a listing as text for clients; they pass it back unchanged. */
export function encodeCursor(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * Reads a cursor back.
 *
 * @param length How many parts it has.
 * @throws {InvalidInputError} if it is not one that `encodeCursor` made.
 */
export function decodeCursor(cursor: string, length: number): (number | null)[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isPart = (part: unknown) => part === null || (typeof part === 'number' && Number.isFinite(part));
    if (Array.isArray(place) && place.length === length && place.every(isPart)) return place;
  } catch {
    // Refused below, like any other text.
  }
  throw new InvalidInputError([{ field: 'cursor', value: cursor, allowed: 'the nextCursor of an earlier page' }]);
}
