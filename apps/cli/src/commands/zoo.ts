import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand, integerIn, repeated } from '../command.js';
import { asArguments, delegateToWorker } from '../delegate.js';
import { findArchitecture } from '../references.js';
import { renderArchitecture } from '../render-architecture.js';
import { renderArchitectures } from '../tables.js';
import { addWeightsCommands } from './zoo-weights.js';

interface PretrainOptions {
  architecture?: readonly string[];
  imagesPerClass?: number;
  epochs?: number;
  imageSize?: number;
  seed?: number;
  out?: string;
  threads?: number;
}

/** `retune zoo …` and `retune draw …`. */
export function addZooCommands(program: Command): void {
  const zoo = program.command('zoo').description('architectures and their pretrained weights');
  addCommand(zoo, {
    signature: 'list',
    description: 'list the architectures a study can name, and which weights are at hand',
    examples: ['retune zoo list'],
    http: true,
    run: async ({ client, output }) => {
      const items = await client.architectures();
      output.result({ items }, () => renderArchitectures(items));
    },
  });
  addCommand(zoo, {
    signature: 'show <name>',
    description: 'show an architecture, by its name or that of its weights: card, published weights, weights at hand',
    examples: ['retune zoo show resnet50', 'retune zoo show resnet50-imagenet1k-v2'],
    http: true,
    run: async ({ client, output }, [name]) => {
      const card = await findArchitecture(client, name as string);
      output.result(card, () => renderArchitecture(card));
    },
  });
  addWeightsCommands(zoo);
  addCommand<PretrainOptions>(zoo, {
    signature: 'pretrain',
    description: 'train weights on the drawn source task, as the bundled ones were',
    examples: ['retune zoo pretrain --architecture squeezenet1_1 --out ./weights'],
    options: (command) =>
      command
        .option('--architecture <name>', 'only this one; may be given several times', repeated)
        .option('--images-per-class <count>', 'pictures drawn per class', integerIn(1, 100_000))
        .option('--epochs <count>', 'passes over them', integerIn(1, 10_000))
        .option('--image-size <pixels>', 'side of the square the networks see', integerIn(32, 512))
        .option('--seed <seed>', 'of drawing and training', integerIn(0, 4294967295))
        .option('--out <folder>', 'where the weights go (default: ./weights)')
        .option(
          '--threads <count>',
          'processor threads; equal seeds give equal weights only with as many',
          integerIn(1, 1024),
        ),
    run: (session, _, { architecture, imagesPerClass, epochs, imageSize, seed, out, threads }) =>
      delegateToWorker(session, [
        'pretrain',
        ...asArguments({
          architecture,
          'images-per-class': imagesPerClass,
          epochs,
          'image-size': imageSize,
          seed,
          out: out === undefined ? undefined : resolve(out),
          threads,
        }),
      ]),
  });
  const draw = program.command('draw').description('picture sets of our own');
  addCommand<{ seed?: number }>(draw, {
    signature: 'insects <folder>',
    description: 'draw the pictures of the demo: two insects, single and in swarms, in train/ and validation/',
    examples: ['retune draw insects ./insects --seed 0'],
    options: (command) => command.option('--seed <seed>', 'equal seeds draw equal files', integerIn(0, 4294967295)),
    run: (session, [folder], { seed }) =>
      delegateToWorker(session, ['draw', 'insects', resolve(folder as string), ...asArguments({ seed })]),
  });
}
