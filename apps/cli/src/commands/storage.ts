import type { Command } from 'commander';
import { addCommand } from '../command.js';
import { renderStorage } from '../render-storage.js';

/** `retune storage`: how much the service holds. */
export function addStorageCommand(program: Command): void {
  addCommand(program, {
    signature: 'storage',
    description: 'show how much disk checkpoints, resume states, exports and pictures take',
    examples: ['retune storage', 'retune storage --json | jq .checkpointLimitBytes'],
    http: true,
    run: async ({ client, output }) => {
      const storage = await client.storage();
      output.result(storage, () => renderStorage(storage));
    },
  });
}
