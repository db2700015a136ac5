import type { Command } from 'commander';
import { InterruptedError } from '../cli-error.js';
import { addCommand } from '../command.js';
import { asArguments, delegateToWorker } from '../delegate.js';
import { devicesHelp } from '../devices-help.js';

/** `retune worker`: one more worker for a service that runs. */
export function addWorkerCommand(program: Command): void {
  addCommand<{ name?: string; devices?: string }>(program, {
    signature: 'worker',
    description: 'run a worker that takes trials and exports from a service; Ctrl-C gives its work back (exit code 0)',
    examples: ['retune worker --api http://127.0.0.1:4680 --data ./data --name desk --devices cuda:0,1'],
    http: true,
    data: true,
    options: (command) =>
      command
        .option('--name <name>', 'how the worker is listed (default: host and process)')
        .option('--devices <list>', devicesHelp),
    run: async (session, _, { name, devices }) => {
      const { client, dataFolder } = session;
      await client.health(); // says at once when nobody is there
      try {
        await delegateToWorker(session, ['run', ...asArguments({ api: client.url, data: dataFolder, name, devices })]);
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
      }
    },
  });
}
