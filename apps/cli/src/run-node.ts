import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { childEnvironment } from './config.js';
import { repository } from './repository.js';

/** What a program that ran to its end has said. */
export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a JavaScript file in a clean Node process and collects what it prints. It ends itself when this process is gone
 * (follow-parent.ts).
 *
 * @param onLine Told every line of stdout as soon as it is there.
 * @throws the signal's reason when that is aborted; the process is ended first.
 */
export async function runNode(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
  onLine?: (line: string) => void,
): Promise<Finished> {
  signal.throwIfAborted();
  const preload = pathToFileURL(repository.followParent).href;
  const child = spawn(process.execPath, ['--import', preload, entry, ...args], {
    env: childEnvironment({ ...env, RETUNE_PARENT: String(process.pid) }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  if (onLine) createInterface({ input: child.stdout }).on('line', onLine);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  return { code, stdout, stderr };
}
