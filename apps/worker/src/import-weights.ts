import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { publishedWeights } from '#model-zoo';
import { DomainError, InvalidInputError } from '#primitives';
import { megabytes } from './download-error.js';
import { hashFile } from './download-file.js';
import { type KeptWeights, keepWeights } from './keep-weights.js';
import type { Log } from './log.js';
import type { ImportOrder } from './weights-command.js';
import { identityOfFile } from './weights-identity.js';
import { WeightsStore } from './weights-store.js';

/** Some of a folder's files could not be imported. */
class FilesRefusedError extends DomainError {
  readonly code = 'FILES_REFUSED';
}

/**
 * Imports a file, or every file of a folder that has the name of a published one.
 *
 * @throws {InvalidInputError} if there is nothing to import, or more must be told.
 * @throws {FilesRefusedError} at the end, if some files of a folder were refused.
 */
export async function importWeights(
  order: ImportOrder & { readonly data: string },
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const store = new WeightsStore(order.data);
  const stats = await stat(order.path).catch(() => null);
  if (!stats) throw new InvalidInputError([{ field: 'file or folder', value: order.path, allowed: 'one that exists' }]);
  if (!stats.isDirectory()) return logKept(await importFile(store, order.path, order, signal), log);
  const files = await publishedFilesIn(order.path);
  const refused: string[] = [];
  for (const path of files) {
    signal.throwIfAborted();
    try {
      logKept(await importFile(store, path, { architecture: null, as: null, labels: null }, signal), log);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refused.push(basename(path));
      log.error('weights.refused', error.message, { file: path, reason: error.message });
    }
  }
  if (refused.length > 0) {
    throw new FilesRefusedError(`Cannot import ${refused.length} of ${files.length} files: ${refused.join(', ')}`);
  }
}

/** Says what is kept. */
export function logKept({ entry, known }: KeptWeights, log: Log): void {
  const what = `${entry.architecture}, ${entry.classes} classes, ${megabytes(entry.bytes)}`;
  const text = known ? `${entry.name} is at hand already (${what})` : `${entry.name} is at hand now (${what})`;
  const { labels: _, ...fields } = entry;
  log.info('weights.imported', text, { weights: fields, known });
}

async function importFile(
  store: WeightsStore,
  path: string,
  told: Pick<ImportOrder, 'architecture' | 'as' | 'labels'>,
  signal: AbortSignal,
): Promise<KeptWeights> {
  const identity = identityOfFile(path, await hashFile(path), told);
  return keepWeights(store, path, basename(path), identity, signal);
}

async function publishedFilesIn(folder: string): Promise<string[]> {
  const names = new Set(await readdir(folder));
  const files = publishedWeights.map(({ weights }) => weights.file).filter((file) => names.has(file));
  if (files.length > 0) return files.map((file) => join(folder, file));
  const allowed = `one with files named as torchvision publishes them, e.g. ${publishedWeights[0].weights.file}`;
  throw new InvalidInputError([{ field: 'folder', value: folder, allowed }]);
}
