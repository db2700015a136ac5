import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand } from '../command.js';
import { predictImages } from '../predict-images.js';

/** `retune predict`: an exported model on pictures, without any service. */
export function addPredictCommand(program: Command): void {
  addCommand(program, {
    signature: 'predict <export-folder> <images...>',
    description: 'classify pictures with an exported model; needs no service',
    examples: ['retune predict ./insect-model photo1.jpg photo2.jpg'],
    run: async ({ output, signal }, [folder, images]) => {
      const paths = (images as readonly string[]).map((image) => resolve(image));
      const onLine = (line: string) => output.line(line);
      const said = await predictImages(resolve(folder as string), paths, output.json, signal, onLine);
      if (output.json) output.result(JSON.parse(said), () => '');
    },
  });
}
