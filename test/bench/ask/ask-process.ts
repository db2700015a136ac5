/** @file Our study as one side of the comparison: a line of JSON asks, one answers. Run with --expose-gc. */
import { createSampler, InMemoryStorage, Study, toExternalRepr } from '#optuna-ts-client';
import { answerLines } from '../side/answer-lines.js';
import { median } from '../side/median.js';
import { prepareScene } from './prepare-scene.js';
import { directions, type PreparedScene, space } from './scene.js';

const entries = Object.entries(space);
let open: { readonly study: Study; readonly scene: PreparedScene; told: number } | undefined;

/** Below it what a process holds besides hides what trials take. */
const leastTrialsForMemory = 1000;

async function prepare(scene: PreparedScene): Promise<{ bytesPerTrial: number | null }> {
  open = undefined;
  const before = heapBytes();
  const storage = new InMemoryStorage();
  const study = await Study.create({
    storage,
    name: 'bench',
    directions: directions.slice(0, scene.objectives),
    sampler: createSampler('tpe'),
  });
  for (let number = 0; number < scene.trials; number++) {
    const params = Object.fromEntries(
      entries.map(([name, distribution], index) => [name, toExternalRepr(distribution, scene.params[number][index])]),
    );
    const trial = await storage.createTrial('bench', { state: 'RUNNING', params, distributions: space });
    await study.tell(trial, resultOf(scene, number));
  }
  open = { study, scene, told: 0 };
  await askAndTell(1);
  const bytes = heapBytes() - before;
  return { bytesPerTrial: scene.trials < leastTrialsForMemory ? null : bytes / scene.trials };
}

/**
 * The first ask of a round is not counted, on either side: the other side has had the caches of the processor meanwhile.
 *
 * @returns Seconds of so many asks and tells, each taken for the median of them: what else runs disturbs few of them.
 */
async function askAndTell(units: number): Promise<{ seconds: number }> {
  if (open === undefined) throw new TypeError('Cannot ask: nothing was prepared');
  const { study, scene } = open;
  const times: number[] = [];
  for (let unit = 0; unit <= units; unit++) {
    const spare = scene.trials + (open.told++ % (scene.params.length - scene.trials));
    const started = performance.now();
    const trial = await study.ask(space);
    await study.tell(trial, resultOf(scene, spare));
    if (unit > 0) times.push(performance.now() - started);
  }
  return { seconds: (units * median(times)) / 1000 };
}

function resultOf({ values, constraints, constrained }: PreparedScene, number: number) {
  return { values: values[number], ...(constrained ? { constraints: [constraints[number]] } : {}) };
}

/** What is reachable: what a weak map lets go, and code that is not used, goes after several collections only. */
function heapBytes(): number {
  let bytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round++) {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    bytes = Math.min(bytes, heapUsed + arrayBuffers);
  }
  return bytes;
}

/** A server's code is compiled long before its studies have many trials. */
await prepare(prepareScene({ trials: 300, objectives: 2, constrained: true }));
await askAndTell(1000);
process.stdout.write('{}\n');
await answerLines((request: { prepare: PreparedScene } | { run: number }) =>
  'prepare' in request ? prepare(request.prepare) : askAndTell(request.run),
);
