import { CommanderError } from 'commander';
import { CliError, errorLines } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { buildProgram } from './program.js';

// A reader that goes away (`retune trials x | head -3`) is no error of ours; a command that is not done is interrupted.
let code: number | undefined;
let readerIsGone = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (readerIsGone) return;
  readerIsGone = true;
  setImmediate(() => {
    if (code !== undefined) process.exit(error.code === 'EPIPE' ? code : exitCode.failed);
    process.kill(process.pid, 'SIGHUP');
  });
});

code = await run(process.argv);
// Sockets that are kept alive must not delay the end; stdout is flushed first.
process.stdout.write('', () => process.exit(code));

/** Runs the command line and returns its exit code; every error ends here. */
async function run(argv: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync(argv);
    return exitCode.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.badInput;
    process.stderr.write(
      errorLines(error, argv.includes('--debug'))
        .map((line) => `${line}\n`)
        .join(''),
    );
    return error instanceof CliError ? error.exit : exitCode.failed;
  }
}
