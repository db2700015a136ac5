import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { ExportedModel } from '#api-contract';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';

/**
 * Unpacks an export. The zip and every file must have the SHA-256 that the service recorded, and the zip must hold
 * exactly the recorded files; the folder appears when all of them are written.
 *
 * @param folder Where to; must not exist, be empty, or hold an earlier export and nothing else, and `replace` be set.
 * @throws {CliError} when something differs, or the folder holds other files, which are named.
 */
export async function unpackExport(
  zip: Uint8Array,
  exported: Pick<ExportedModel, 'files' | 'zip'>,
  folder: string,
  replace: boolean,
): Promise<void> {
  await checkExportFolder(folder, replace);
  if (replace) await checkNothingElse(folder, new Set(exported.files.map(({ name }) => name)));
  if (exported.zip && digest(zip) !== exported.zip.sha256) {
    throw new CliError('The downloaded zip differs from the one that was verified; try again');
  }
  const contents = openZip(zip);
  const expected = new Map(exported.files.map(({ name, sha256 }) => [name, sha256]));
  for (const [name, bytes] of contents) {
    if (expected.get(name) !== digest(bytes)) {
      throw new CliError(`The file ${JSON.stringify(name)} in the zip is not the one that was verified`);
    }
  }
  const missing = [...expected.keys()].filter((name) => !contents.has(name));
  if (missing.length > 0) throw new CliError(`The zip lacks ${missing.join(', ')}`);
  await writeAll(contents, folder);
}

/** Files by name; the one folder that a zip may hold everything in is left out. */
function openZip(zip: Uint8Array): Map<string, Uint8Array> {
  let entries: [string, Uint8Array][];
  try {
    entries = Object.entries(unzipSync(zip)).filter(([name]) => !name.endsWith('/'));
  } catch (error) {
    throw new CliError(`The download is not a zip: ${(error as Error).message}`);
  }
  const top = /^[^/]+\//.exec(entries[0]?.[0] ?? '')?.[0] ?? '';
  const within = entries.every(([name]) => name.startsWith(top)) ? top.length : 0;
  return new Map(entries.map(([name, bytes]) => [name.slice(within), bytes]));
}

/**
 * What can be said of a folder before there is an export for it.
 *
 * @throws {CliError} (bad input) when it is none, or holds something and is not an earlier export to `replace`.
 */
export async function checkExportFolder(folder: string, replace: boolean): Promise<void> {
  if (!existsSync(folder)) return;
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) throw new CliError(`${folder} is not a folder`, exitCode.badInput);
  if (names.length === 0 || (replace && names.includes('model.onnx'))) return;
  throw new CliError(`The folder ${folder} is not empty`, exitCode.badInput, [
    replace ? 'It holds no earlier export that could be replaced.' : 'Name another with --out, or pass --force.',
  ]);
}

/** Replacing means deleting: only what an export consists of may go. */
async function checkNothingElse(folder: string, ours: ReadonlySet<string>): Promise<void> {
  const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
  const foreign = entries.filter((entry) => !entry.isFile() || !ours.has(entry.name)).map(({ name }) => name);
  if (foreign.length === 0) return;
  throw new CliError(`The folder ${folder} holds more than an earlier export`, exitCode.badInput, [
    `Not of an export: ${foreign.sort().join(', ')}`,
    'Move that away, or name another folder with --out.',
  ]);
}

/** Names are safe here: the service's contract allows letters, digits, dot, dash and underscore, and all matched. */
async function writeAll(contents: ReadonlyMap<string, Uint8Array>, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    for (const [name, bytes] of contents) await writeFile(join(fresh, basename(name)), bytes);
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
