import { join } from 'node:path';
import { findWeights, importedWeightsFolder, weightsAtHand } from '#model-zoo';
import type { Log } from './log.js';
import type { WeightsCommand } from './weights-command.js';

/** Runs a `weights …` command to its end; each action loads only what it needs. */
export async function runWeightsCommand(command: WeightsCommand, signal: AbortSignal, log: Log): Promise<void> {
  switch (command.action) {
    case 'fetch':
      return (await import('./fetch-weights.js')).fetchWeights(command, signal, log);
    case 'import':
      return (await import('./import-weights.js')).importWeights(command, signal, log);
    case 'verify':
      return (await import('./verify-weights.js')).verifyWeights(command.data, command.weights, log);
    case 'export': {
      const entry = findWeights(command.weights, weightsAtHand({ imported: importedWeightsFolder(command.data) }));
      const { exportWeights } = await import('./export-weights.js');
      const folder = await exportWeights(entry, join(command.data, 'cache'));
      return log.info('weights.exported', `${entry.name} lies in ${folder}`, { name: entry.name, folder });
    }
    default:
      return command satisfies never;
  }
}
