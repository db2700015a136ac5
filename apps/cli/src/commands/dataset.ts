import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand, integerIn, numberIn } from '../command.js';
import { importDataset } from '../import-dataset.js';
import { findDataset } from '../references.js';
import { renderDataset, renderDatasets } from '../tables.js';

interface ImportOptions {
  name: string;
  validationFraction?: number;
  seed?: number;
}

/** `retune dataset …`. */
export function addDatasetCommands(program: Command): void {
  const group = program.command('dataset').description('folders of labelled pictures');
  addCommand<ImportOptions>(group, {
    signature: 'import <folder>',
    description: 'import a folder with one folder per class, or with train/ and validation/ folders of these',
    examples: ['retune dataset import ./pictures --name ants-and-bees --validation-fraction 0.2'],
    http: true,
    options: (command) =>
      command
        .requiredOption('--name <name>', 'what the dataset is called')
        .option('--validation-fraction <0.05..0.5>', 'part kept for validation', numberIn(0.05, 0.5, true))
        .option('--seed <seed>', 'seed of the split', integerIn(0, 4294967295)),
    run: async ({ client, output, signal }, [folder], { name, validationFraction, seed }) => {
      const order = { name, path: resolve(folder as string), validationFraction, seed };
      const dataset = await importDataset(client, order, output, signal);
      output.result(dataset, () => renderDataset(dataset));
    },
  });
  addCommand(group, {
    signature: 'list',
    description: 'list the datasets',
    examples: ['retune dataset list'],
    http: true,
    run: async ({ client, output }) => {
      const items = await client.datasets();
      output.result({ items }, () => (items.length === 0 ? 'No datasets yet.' : renderDatasets(items)));
    },
  });
  addCommand(group, {
    signature: 'show <dataset>',
    description: 'show a dataset, by name or id: classes, splits, refused files',
    examples: ['retune dataset show ants-and-bees'],
    http: true,
    run: async ({ client, output }, [reference]) => {
      const dataset = await findDataset(client, reference as string);
      output.result(dataset, () => renderDataset(dataset));
    },
  });
}
