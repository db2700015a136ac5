import 'reflect-metadata';
import { ConfigError, readConfig } from './config.js';
import { type RunningApi, startApi } from './start-api.js';

/** How long a service that was told to stop waits for its parts, ms; longer than `retune start` waits for it. */
const patienceMs = 20_000;

try {
  const starting = startApi(readConfig());
  stopOnSignal(starting);
  const { url } = await starting;
  process.stdout.write(`${JSON.stringify({ event: 'listening', url })}\n`);
  process.send?.({ event: 'listening', url });
} catch (error) {
  fail(error);
}

/** SIGTERM, SIGINT and SIGHUP (a closed terminal) end the service once; one that is still starting ends when everything it must close is known. */
function stopOnSignal(starting: Promise<RunningApi>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), patienceMs).unref();
    starting.then((api) => api.close()).then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);
}

/** A mistake in the settings is told in words and ends with 2; anything else is told with its stack and ends with 1. */
function fail(error: unknown): never {
  const isMistake = error instanceof ConfigError;
  const message = isMistake ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${JSON.stringify({ level: 'fatal', timestamp: Date.now(), message })}\n`);
  process.exit(isMistake ? 2 : 1);
}
