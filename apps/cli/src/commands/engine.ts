import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand } from '../command.js';
import { asArguments, delegateToWorker } from '../delegate.js';

interface LinkOptions {
  gpu?: boolean;
  package?: string;
  check?: boolean;
}

/** `retune engine …`: what training runs on. No service need run. */
export function addEngineCommands(program: Command): void {
  const engine = program.command('engine').description('what training runs on');
  addCommand<LinkOptions>(engine, {
    signature: 'link-tensorflow <folder>',
    description: 'build TensorFlow for Node.js, in the data folder, against the libraries of a Python wheel',
    examples: [
      'retune engine link-tensorflow ~/venv/lib/python3.11/site-packages/tensorflow --check',
      'retune engine link-tensorflow ~/venv/lib/python3.11/site-packages/tensorflow',
      'retune engine link-tensorflow ./tensorflow --gpu --package ./node_modules/@tensorflow/tfjs-node-gpu',
    ],
    data: true,
    options: (command) =>
      command
        .option('--gpu', "for NVIDIA's: @tensorflow/tfjs-node-gpu in place of @tensorflow/tfjs-node")
        .option('--package <folder>', 'of that package, where it is installed already (default: npm fetches it)')
        .option('--check', 'only say what would be done and what is missing'),
    run: (session, [folder], { gpu, package: given, check }) =>
      delegateToWorker(session, [
        'engine',
        'link-tensorflow',
        resolve(folder as string),
        ...asArguments({ package: given && resolve(given), data: session.dataFolder }),
        ...(gpu ? ['--gpu'] : []),
        ...(check ? ['--check'] : []),
      ]),
  });
}
