import { NotFoundError } from '#primitives';
import type { ExportRecord } from '#search';

/** A file that can be fetched. */
export interface Download {
  readonly sha256: string;
  readonly bytes: number;
  /** Plain ASCII without quotes: it stands in a header. */
  readonly fileName: string;
  readonly mediaType: string;
}

/** @throws {NotFoundError} until the export is READY. */
export function zipOf({ id, zip, trialNumber }: ExportRecord): Download {
  if (zip === null) throw new NotFoundError('the zip of export', id);
  return { ...zip, fileName: `retune-trial-${trialNumber}-${id.slice(0, 8)}.zip`, mediaType: 'application/zip' };
}

/**
 * Always `application/octet-stream`: what comes out of an export is never shown by a browser.
 *
 * @throws {NotFoundError} if the export has no such file.
 */
export function fileOf({ id, files }: ExportRecord, name: string): Download {
  const file = files.find((candidate) => candidate.name === name);
  if (file === undefined) throw new NotFoundError(`file of export ${id} called`, JSON.stringify(name));
  const fileName = file.name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return { sha256: file.sha256, bytes: file.bytes, fileName, mediaType: 'application/octet-stream' };
}
