import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { addCommand, integerIn } from '../command.js';
import { config } from '../config.js';
import { devicesHelp } from '../devices-help.js';
import { databasePlace } from '../embedded-database.js';
import { exitCode } from '../exit-code.js';
import { Service } from '../service.js';

interface StartOptions {
  port?: number;
  host?: string;
  devices?: string;
  worker: boolean;
}

/** `retune start`: the whole service on this machine. */
export function addStartCommand(program: Command): void {
  addCommand<StartOptions>(program, {
    signature: 'start',
    description: 'start the service: API, embedded Postgres and one local worker; Ctrl-C stops it (exit code 0)',
    examples: ['retune start --port 4680 --data ./data'],
    data: true,
    options: (command) =>
      command
        .option('--port <port>', 'where the API listens, 0: any free port (default: PORT, else 4680)', portNumber)
        .option('--host <address>', 'the address it listens at (default: HOST, else 127.0.0.1)')
        .option('--devices <list>', devicesHelp)
        .option('--no-worker', 'API and database only'),
    run: async ({ output, signal, dataFolder }, _, options) => {
      const { worker, port = portOf(config.port), host = config.host, devices } = options;
      output.line(`Starting Retune in ${dataFolder} ...`);
      const service = await Service.start({ dataFolder, host, port, worker, devices, signal });
      try {
        const { url } = service;
        output.event({ event: 'listening', url, docs: `${url}/docs`, dataFolder });
        output.line('');
        output.line(`  API       ${output.bold(url)}`);
        output.line(`  Docs      ${url}/docs`);
        const where = `on this machine, devices: ${devices ?? config.devices ?? 'auto'}`;
        output.line(`  Worker    ${worker ? where : 'none; "retune worker" starts one'}`);
        output.line(`  Data      ${dataFolder} (logs in ${dataFolder}/logs)`);
        output.line(`  Database  ${databasePlace(dataFolder)}`);
        output.line('');
        output.line('Ctrl-C stops it.');
        await Promise.race([interrupted(signal), service.failed().then((error) => Promise.reject(error))]);
        output.line('Stopping ...');
      } finally {
        await service.stop();
      }
      output.line('Stopped.');
    },
  });
}

const portNumber = integerIn(0, 65_535);

/** @throws {CliError} naming the variable where it holds no port. */
function portOf(text: string): number {
  try {
    return portNumber(text);
  } catch (error) {
    throw new CliError(`PORT is ${JSON.stringify(text)}`, exitCode.badInput, [(error as Error).message]);
  }
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
