import { ChildProcess } from './child-process.js';
import { CliError, ToldError } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { repository } from './repository.js';
import type { Session } from './session.js';

/** How long the worker may take to give its work back, ms. */
const graceMs = 5_000;

/**
 * Runs a command of apps/worker in a child process that writes to this one's stdout and stderr.
 *
 * @throws {ToldError} when it fails: it has said why itself.
 * @throws the session's signal reason after stopping it.
 */
export async function delegateToWorker(session: Session, args: readonly string[]): Promise<void> {
  session.signal.throwIfAborted();
  const json = session.output.json ? ['--json'] : [];
  const child = new ChildProcess({ name: 'worker', entry: repository.workerEntry, args: [...args, ...json] });
  const stop = () => void child.stop(graceMs);
  session.signal.addEventListener('abort', stop, { once: true });
  const { code, signal: killedBy } = await child.ended;
  session.signal.removeEventListener('abort', stop);
  session.signal.throwIfAborted();
  if (code === null) throw new CliError(`The worker was ended by ${killedBy ?? 'the system'}`);
  if (code !== 0) throw new ToldError(code === exitCode.badInput ? exitCode.badInput : exitCode.failed);
}

/** Options as arguments again, those that were given. */
export function asArguments(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values = Array.isArray(value) ? value : [value];
    return values.flatMap((one) => [`--${name}`, String(one)]);
  });
}
