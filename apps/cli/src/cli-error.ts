import { type ExitCode, exitCode } from './exit-code.js';

/** An end that the person can understand: one sentence, a line per detail, and the exit code. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exit: ExitCode = exitCode.failed,
    readonly details: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}

/** An end whose reason is on stderr already. */
export class ToldError extends CliError {
  constructor(exit: ExitCode) {
    super('told already', exit);
    this.name = 'ToldError';
  }
}

/** Ctrl-C, SIGTERM or SIGHUP reached the command. */
export class InterruptedError extends CliError {
  constructor(readonly signalName: string) {
    super('interrupted', exitCode.interrupted);
    this.name = 'InterruptedError';
  }
}

/**
 * What is printed on stderr for an error: one line, then one per detail; never a stack unless it is asked for.
 *
 * @returns lines without a line break at the end.
 */
export function errorLines(error: unknown, debug: boolean): string[] {
  if (error instanceof InterruptedError) return ['Interrupted.'];
  if (error instanceof ToldError) return [];
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof CliError ? error.details : [];
  const lines = [`retune: ${firstLine(message)}`, ...details.map((detail) => `  ${detail}`)];
  return debug && error instanceof Error ? [...lines, ...stackLines(error)] : lines;
}

function stackLines(error: Error): string[] {
  const own = (error.stack ?? '').split('\n');
  return error.cause instanceof Error ? [...own, 'caused by', ...stackLines(error.cause)] : own;
}

/** A message of several lines (a compiler's, say) keeps its first; the rest is for --debug. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] as string;
}
