import { UnknownWeightsError } from '#model-zoo';
import { DomainError, InvalidInputError, NotFoundError, systemClock } from '#primitives';
import { type Command, readCommand, usage } from './config.js';
import { DeviceUnavailableError } from './devices/device-unavailable-error.js';
import { createLog, type Log } from './log.js';

// A reader that goes away (`worker doctor | head -1`) is no error of ours.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
// At once: idle connections to the service would hold the process for seconds.
process.exit(await main());

async function main(): Promise<number> {
  try {
    const command = readCommand(process.argv.slice(2), process.env);
    if (command.name === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    const log = createLog(command.json, (line) => process.stdout.write(line), systemClock.now);
    await dispatch(command, log);
    return 0;
  } catch (error) {
    const expected = error instanceof DomainError;
    const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`worker: ${text}\n`);
    return isBadInput(error) ? 2 : 1;
  }
}

/** Told apart from what fails: whoever started this can say what to write instead. */
function isBadInput(error: unknown): boolean {
  const types = [InvalidInputError, NotFoundError, UnknownWeightsError, DeviceUnavailableError];
  return types.some((type) => error instanceof type);
}

/** Each command loads only what it needs: the claim loop holds no tensor library in its memory. */
async function dispatch(command: Exclude<Command, { name: 'help' }>, log: Log): Promise<void> {
  switch (command.name) {
    case 'run':
      return (await import('./run-worker.js')).runWorker(command, stopSignal(log), log);
    case 'draw':
      return (await import('./draw.js')).draw(command, log);
    case 'pretrain':
      return (await import('./pretrain.js')).pretrain(command, log);
    case 'weights':
      return (await import('./run-weights-command.js')).runWeightsCommand(command, stopSignal(log), log);
    case 'engine':
      return (await import('./link-tensorflow.js')).linkTensorflow(command, process.env, stopSignal(log), log);
    case 'doctor':
      return (await import('./doctor.js')).doctor(command);
    default:
      return command satisfies never;
  }
}

/** Aborted by the first SIGTERM, SIGINT or SIGHUP (a closed terminal); the process is gone within 2 s whatever else hangs. */
function stopSignal(log: Log): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: string) => {
    if (controller.signal.aborted) return;
    log.info('worker.stopping', `${signal}: stopping, unfinished work is given back or kept`);
    controller.abort();
    setTimeout(() => process.exit(1), 1950).unref();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop(signal));
  return controller.signal;
}
