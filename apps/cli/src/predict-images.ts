import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { repository } from './repository.js';
import { type Finished, runNode } from './run-node.js';

/**
 * Runs an export's own predict.mjs on pictures, in a clean process that knows nothing of this project but the
 * packages in its node_modules.
 *
 * @param folder The export's. @param images Paths, absolute. @param onLine Told every line as soon as it is said.
 * @throws {CliError} (bad input) where the folder is no export or a picture is missing or cannot be read; where
 * predict.mjs fails otherwise, with what it said.
 */
export async function predictImages(
  folder: string,
  images: readonly string[],
  { json, top }: { readonly json: boolean; readonly top?: number },
  signal: AbortSignal,
  onLine?: (line: string) => void,
): Promise<string> {
  const program = join(folder, 'predict.mjs');
  if (!existsSync(program)) {
    throw new CliError(`${folder} is no export: it holds no predict.mjs`, exitCode.badInput);
  }
  requireFiles(images);
  const args = [...(json ? ['--json'] : []), ...(top === undefined ? [] : ['--top', String(top)]), ...images];
  const { code, stdout, stderr }: Finished = await runNode(
    program,
    args,
    { NODE_PATH: repository.nodeModules },
    signal,
    onLine,
  );
  if (code === 0) return stdout.trimEnd();
  const exit = code === exitCode.badInput ? exitCode.badInput : exitCode.failed;
  const message = /^predict: (.+)$/m.exec(stderr)?.[1];
  if (message !== undefined) throw new CliError(message, exit);
  const said = stderr.trim().split('\n').slice(-3);
  throw new CliError(`predict.mjs ended with exit code ${code ?? 'unknown'}`, exit, said);
}

/** @throws {CliError} (bad input) naming the files that are missing. */
export function requireFiles(paths: readonly string[]): void {
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length > 0) throw new CliError(`There is no file ${missing.join(', ')}`, exitCode.badInput);
}
