/** @file Our study as one side of the comparison: a line of JSON asks, one answers. Run with --expose-gc. */
import { InMemoryStorage, Study, toExternalRepr } from '#optuna-ts-client';
import { answerLines } from '../side/answer-lines.js';
import { prepareScene } from './prepare-scene.js';
import { directions, type PreparedScene, space } from './scene.js';

const entries = Object.entries(space);
let open: { readonly study: Study; readonly scene: PreparedScene; told: number } | undefined;

async function prepare(scene: PreparedScene): Promise<{ bytesPerTrial: number }> {
  open = undefined;
  const before = heapBytes();
  const storage = new InMemoryStorage();
  const study = await Study.create({ storage, name: 'bench', directions: directions.slice(0, scene.objectives) });
  for (let number = 0; number < scene.trials; number++) {
    const params = Object.fromEntries(
      entries.map(([name, distribution], index) => [name, toExternalRepr(distribution, scene.params[number][index])]),
    );
    const trial = await storage.createTrial('bench', { state: 'RUNNING', params, distributions: space });
    await study.tell(trial, resultOf(scene, number));
  }
  open = { study, scene, told: 0 };
  await askAndTell(1);
  return { bytesPerTrial: (heapBytes() - before) / scene.trials };
}

/** @returns Seconds of so many asks and tells. */
async function askAndTell(units: number): Promise<{ seconds: number }> {
  if (open === undefined) throw new TypeError('Cannot ask: nothing was prepared');
  const { study, scene } = open;
  const started = performance.now();
  for (let unit = 0; unit < units; unit++) {
    const trial = await study.ask(space);
    const spare = scene.trials + (open.told++ % (scene.params.length - scene.trials));
    await study.tell(trial, resultOf(scene, spare));
  }
  return { seconds: (performance.now() - started) / 1000 };
}

function resultOf({ values, constraints, constrained }: PreparedScene, number: number) {
  return { values: values[number], ...(constrained ? { constraints: [constraints[number]] } : {}) };
}

function heapBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A server's code is compiled long before its studies have many trials. */
await prepare(prepareScene({ trials: 300, objectives: 2, constrained: true }));
await askAndTell(200);
process.stdout.write('{}\n');
await answerLines((request: { prepare: PreparedScene } | { run: number }) =>
  'prepare' in request ? prepare(request.prepare) : askAndTell(request.run),
);
