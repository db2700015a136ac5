import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { CliError } from '../cli-error.js';
import { addCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import {
  type Check,
  checkDatabase,
  checkDataFolder,
  checkMachine,
  checkNode,
  checkTraining,
} from '../health-checks.js';

const marks: Readonly<Record<Check['state'], string>> = { ok: 'ok', warning: 'WARN', missing: 'FAIL' };

/** `retune doctor`: can this machine run the service? */
export function addDoctorCommand(program: Command): void {
  addCommand(program, {
    signature: 'doctor',
    description: 'look at this machine: is everything there that the service and training need?',
    examples: ['retune doctor'],
    http: true,
    data: true,
    run: async ({ client, output, signal, dataFolder }) => {
      const checks: Check[] = [
        checkNode(process.versions.node),
        ...checkMachine(),
        await checkDatabase(),
        ...(await checkTraining(dataFolder, signal)),
        checkDataFolder(dataFolder),
        await checkService(client),
      ];
      const failed = checks.filter(({ state, required }) => required && state === 'missing');
      output.result({ ok: failed.length === 0, checks }, () =>
        checks.map(({ name, state, detail }) => `${marks[state].padEnd(5)} ${name.padEnd(26)} ${detail}`).join('\n'),
      );
      if (failed.length > 0) {
        throw new CliError(`Missing: ${failed.map(({ name }) => name).join(', ')}`, exitCode.failed);
      }
    },
  });
}

/** A service that does not run is no fault: whoever asks may be about to start it. */
async function checkService(client: ApiClient): Promise<Check> {
  const name = 'Service';
  try {
    const { version, database } = await client.health();
    return {
      name,
      state: 'ok',
      required: false,
      detail: `${client.url} runs version ${version}, database ${database}`,
    };
  } catch {
    return { name, state: 'ok', required: false, detail: `none at ${client.url} (optional)` };
  }
}
