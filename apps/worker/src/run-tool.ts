import { spawn } from 'node:child_process';
import type { Environment } from './config.js';
import { LinkError } from './link-error.js';

/** A script of Node.js that is run to its end. */
export interface ToolRun {
  /** What people call it. */
  readonly name: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Lines of a failed run that are shown. */
const shownLines = 12;

/**
 * Runs a script quietly.
 *
 * @throws {LinkError} with its last lines if it fails; the signal's reason if it was stopped.
 */
export async function runTool({ name, args, folder, environment, signal }: ToolRun): Promise<void> {
  let output = '';
  const keep = (text: string) => {
    output = (output + text).slice(-20_000);
  };
  const code = await new Promise<number | null>((settle, reject) => {
    // Of a group of its own: a compiler that it started must end with it.
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const stop = () => {
      try {
        process.kill(-(child.pid as number), 'SIGKILL');
      } catch {
        // ended by itself
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', reject);
    child.on('close', (exit) => {
      signal.removeEventListener('abort', stop);
      settle(exit);
    });
    if (signal.aborted) stop();
  });
  signal.throwIfAborted();
  if (code === 0) return;
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  throw new LinkError(`${name} failed (exit code ${code}):\n  ${lines.slice(-shownLines).join('\n  ')}`);
}
