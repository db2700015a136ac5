import { ChildProcess } from './child-process.js';
import { CliError } from './cli-error.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { repository } from './repository.js';
import type { Session } from './session.js';

/** A line of JSON that a command of apps/worker prints with --json: what happened, and a sentence about it. */
export interface WorkerEvent {
  readonly event: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly [field: string]: unknown;
}

/** How long the worker may take to put away what is unfinished, ms. */
const graceMs = 5_000;

/**
 * Runs a command of apps/worker in a child process and hears its news.
 *
 * @throws {CliError} when it fails, with what it said; bad input stays bad input.
 * @throws the session's signal reason after stopping it; what the worker says of it is printed before.
 */
export async function followWorker(
  session: Session,
  args: readonly string[],
  onEvent: (event: WorkerEvent) => void,
): Promise<void> {
  session.signal.throwIfAborted();
  let rest = '';
  let said = '';
  const child = new ChildProcess({
    name: 'worker',
    entry: repository.workerEntry,
    args: [...args, '--json'],
    onOutput: (stream, text) => {
      if (stream === 'stderr') {
        said += text;
        return;
      }
      const lines = (rest + text).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) onEvent(JSON.parse(line) as WorkerEvent);
    },
  });
  const stop = () => void child.stop(graceMs);
  session.signal.addEventListener('abort', stop, { once: true });
  const { code } = await child.ended;
  session.signal.removeEventListener('abort', stop);
  const reason = said.trim().replace(/^worker: /, '');
  if (session.signal.aborted && reason !== '') session.output.remark(`retune: ${reason}`);
  session.signal.throwIfAborted();
  if (code === 0) return;
  const exit: ExitCode = code === exitCode.badInput ? exitCode.badInput : exitCode.failed;
  throw new CliError(reason || `The worker ended with exit code ${code ?? 'unknown'}`, exit);
}
