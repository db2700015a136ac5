import { InvalidInputError } from '#primitives';

/**
 * The id after which a client wants to go on, from its `Last-Event-ID`; undefined where it sent none.
 *
 * @throws {InvalidInputError} where it is no id of ours.
 */
export function lastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new InvalidInputError([{ field: 'Last-Event-ID', value: header.slice(0, 40), allowed: 'an integer >= 0' }]);
}
