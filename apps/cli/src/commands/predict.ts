import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { addCommand, integerIn } from '../command.js';
import { asArguments } from '../delegate.js';
import { exitCode } from '../exit-code.js';
import { followWorker } from '../follow-worker.js';
import { predictImages, requireFiles } from '../predict-images.js';
import type { Session } from '../session.js';

/** `retune predict`: an exported model, or weights as they are, on pictures; without any service. */
export function addPredictCommand(program: Command): void {
  addCommand<{ top?: number }>(program, {
    signature: 'predict <export-or-weights> <images...>',
    description: 'classify pictures with an exported model (its folder) or with weights (their name); needs no service',
    examples: [
      'retune predict ./insect-model photo1.jpg photo2.jpg',
      'retune predict resnet18-imagenet1k-v1 photo.jpg --top 5',
    ],
    data: true,
    options: (command) =>
      command.option('--top <count>', 'classes shown per picture (default 3)', integerIn(1, 100_000)),
    run: async (session, [model, images], { top }) => {
      const { output, signal } = session;
      const paths = (images as readonly string[]).map((image) => resolve(image));
      const folder = await modelFolder(session, model as string, paths);
      const onLine = (line: string) => output.line(line);
      const said = await predictImages(folder, paths, { json: output.json, top }, signal, onLine);
      if (output.json) output.result(JSON.parse(said), () => '');
    },
  });
}

/** The folder of an export; for the name of weights one that is made for them, once. */
async function modelFolder(session: Session, model: string, images: readonly string[]): Promise<string> {
  const folder = resolve(model);
  const isPath = existsSync(folder) || /[\\/]|^\.|[A-Z]/.test(model);
  if (existsSync(join(folder, 'predict.mjs'))) return folder;
  if (isPath) throw new CliError(`${folder} is no export: it holds no predict.mjs`, exitCode.badInput);
  requireFiles(images); // before the model is made, which takes a moment
  let made = '';
  await followWorker(session, ['weights', 'export', model, ...asArguments({ data: session.dataFolder })], (event) => {
    if (event.event === 'weights.exported') made = event.folder as string;
  });
  return made;
}
