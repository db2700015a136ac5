/**
 * @file The table of parity with torchvision: `npm run golden:zoo -- [architecture ...]`. Logits are compared with the golden
 * files beside this one, training with Debian's PyTorch in the same run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GoldenLogits, LogitsRunner } from '../../support/logits-parity.js';
import { TorchProcess } from '../../support/torch-process.js';
import { trainingCases } from '../../support/training-cases.js';
import { trainingParity } from '../../support/training-parity.js';

const folder = join(import.meta.dirname, '../../../../test/golden/torchvision'); // from dist
const chosen = process.argv.slice(2);

async function largestLogitsDifference(architecture: string): Promise<number> {
  const path = join(folder, `${architecture}.golden.json`);
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: GoldenLogits[] };
  const runner = new LogitsRunner(architecture);
  let largest = 0;
  for (const golden of cases) largest = Math.max(largest, (await runner.parity(golden)).difference);
  await runner.dispose();
  return largest;
}

const torch = await TorchProcess.start(join(folder, 'train_steps.py'));
if (torch === undefined) console.log('PyTorch is missing, training is left out: apt install python3-torchvision');
else console.log(`torch ${torch.versions.torch}, torchvision ${torch.versions.torchvision}; seconds are CPU time\n`);
console.log(
  '| network | px | batch | logits, relative | loss of the last step | largest difference of a loss | worst update | engine s | torch s |',
);
console.log('|---|---:|---:|---:|---:|---:|---|---:|---:|');
for (const item of trainingCases) {
  if (chosen.length > 0 && !chosen.includes(item.architecture)) continue;
  const logits = (await largestLogitsDifference(item.architecture)).toExponential(1);
  const cells = [item.architecture, item.imageSize, item.batch, logits];
  if (torch !== undefined) {
    const { losses, lossDifference, tensors, engineSeconds, torchSeconds } = await trainingParity(item, torch);
    cells.push((losses.at(-1) as number).toFixed(4), lossDifference.toExponential(1));
    cells.push(`${tensors[0].difference.toExponential(1)} (${tensors[0].name})`);
    cells.push(engineSeconds.toFixed(1), torchSeconds.toFixed(1));
  }
  console.log(`| ${cells.join(' | ')} |`);
}
torch?.stop();
