import { existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ChildProcess } from '../child-process.js';
import { CliError } from '../cli-error.js';
import type { Output } from '../output.js';
import { repository } from '../repository.js';

/** How long drawing may take to stop, ms: nothing of it is worth keeping. */
const graceMs = 1_000;

/** One picture and what it shows. */
export interface LabelledPicture {
  readonly path: string;
  readonly className: string;
}

/**
 * Draws the demo's pictures into `folder` unless they are there. They appear complete or not at all.
 *
 * @returns true where they were drawn now.
 * @throws {CliError} when drawing fails; the signal's reason when that is aborted.
 */
export async function drawPictures(
  folder: string,
  logFile: string,
  output: Output,
  signal: AbortSignal,
): Promise<boolean> {
  if (existsSync(folder)) return false;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const args = ['draw', 'insects', unfinished, '--json'];
  const progress = output.progress('  Pictures drawn');
  const onProgress = (done: number, total: number) => progress.update(done, total);
  const child = new ChildProcess({ name: 'drawing', entry: repository.workerEntry, args, logFile, onProgress });
  const stop = () => void child.stop(graceMs);
  signal.addEventListener('abort', stop, { once: true });
  const { code } = await child.ended;
  progress.stop();
  signal.removeEventListener('abort', stop);
  if (signal.aborted) await rm(unfinished, { recursive: true, force: true });
  signal.throwIfAborted();
  if (code !== 0) throw child.failure();
  await rename(unfinished, folder);
  return true;
}

/**
 * The pictures of one split, by class and name.
 *
 * @throws {CliError} where there are none.
 */
export function picturesOf(folder: string, split: 'train' | 'validation'): LabelledPicture[] {
  const root = join(folder, split);
  const pictures = subfolders(root).flatMap((className) =>
    readdirSync(join(root, className))
      .filter((name) => /\.jpe?g$/i.test(name))
      .sort()
      .map((name) => ({ path: join(root, className, name), className })),
  );
  if (pictures.length === 0) throw new CliError(`There are no pictures in ${root}; remove ${folder} and try again`);
  return pictures;
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => name).sort();
}
