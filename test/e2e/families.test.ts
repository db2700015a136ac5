import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dataset, ExportedModel, RetrainDepth, Study, Trial } from '#api-contract';
import { drawInsects } from '#dataset/pictures';
import { writeSafetensors } from '#model-zoo';
import { buildNetwork, toTorchLayout } from '#model-zoo/networks';
import { sizeOf } from '#primitives';
import { type CliEnd, type RunningCli, runCli, startCli } from '../support/run-cli.js';

/** The smallest network of each family; the first three come with pretrained weights. */
const bundled = ['squeezenet1_1', 'resnet18', 'alexnet'];
const imported = ['densenet121', 'inception_v3', 'vgg11'];
const architectures = [...bundled, ...imported];
const depths: readonly RetrainDepth[] = ['shallow', 'partial', 'deep', 'scratch'];
/** `scratch` differs from `deep` in where it begins, not in what it does: the heaviest networks are spared it. */
const points = architectures.flatMap((architecture) =>
  depths
    .filter((depth) => depth !== 'scratch' || !['alexnet', 'inception_v3', 'vgg11'].includes(architecture))
    .map((retrainDepth) => ({ architecture, retrainDepth, learningRate: 0.001, epochs: 1 })),
);

/** The least that Inception takes, pixels. */
const imageSize = 75;

let folder: string;
let service: RunningCli;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retune families '));
  chmodSync(folder, 0o755); // the user that root's database runs as must get in
  service = startCli(['start', '--port', '0', '--json'], { folder });
  const [line] = await service.printed(/^\{.*"event":"listening".*\}$/m);
  url = (JSON.parse(line) as { url: string }).url;
  await drawInsects({ folder: join(folder, 'pictures'), train: 8, validation: 8 });
  await retune<Dataset>('dataset', 'import', 'pictures', '--name', 'drawn');
});

afterAll(async () => {
  service.process.kill('SIGTERM');
  await service.ended;
  rmSync(folder, { recursive: true });
});

/** A command with --json: its exit code and what it printed, read. */
async function retune<Answer>(...args: string[]): Promise<CliEnd & { answer: Answer }> {
  const end = await runCli([...args, '--json'], { folder, env: { RETUNE_API: url } });
  return { ...end, answer: (end.stdout === '' ? undefined : JSON.parse(end.stdout)) as Answer };
}

/** Values that stand for pretrained ones, as a file that somebody brings along; drawing VGG's would take ten seconds. */
function writeWeights(architecture: string): string {
  const network = buildNetwork(architecture, { classes: 3, imageSize });
  const tensors = network.tensors.map(({ name, shape, role }) => {
    const data = new Float32Array(sizeOf(shape)).fill(role === 'runningVariance' ? 1 : 0);
    if (role === 'filter' || role === 'dense') {
      const bound = Math.sqrt(6 / sizeOf(shape.slice(0, -1)));
      let state = 1; // Numerical Recipes' linear congruential generator
      for (let index = 0; index < data.length; index++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        data[index] = bound * (state / 2 ** 31 - 1);
      }
    } else if (name.endsWith('.weight')) data.fill(1);
    return toTorchLayout({ name, shape, data });
  });
  const file = join(folder, `${architecture}.safetensors`);
  writeFileSync(file, writeSafetensors(tensors));
  return file;
}

function studyText(): string {
  return JSON.stringify({
    name: 'families',
    dataset: 'drawn',
    searchSpace: {
      architecture: architectures,
      retrainDepth: depths,
      learningRate: { low: 0.0001, high: 0.01 },
      epochs: { low: 1, high: 2 },
    },
    // A trial and its export call the network 50 times each to measure it; how many pictures a call has is measured elsewhere.
    training: { imageSize, batchSize: 8, latencyBatch: 1 },
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    enqueue: points,
    trials: points.length,
  });
}

describe('a study over every family at every retrain depth', () => {
  test.each(imported)('zoo import takes weights of %s', async (architecture) => {
    const file = writeWeights(architecture);
    const { code } = await retune(
      'zoo',
      'import',
      file,
      '--architecture',
      architecture,
      '--name',
      `${architecture}-own`,
    );
    rmSync(file);
    expect(code).toBe(0);
  });

  test('finishes with every trial complete', { timeout: 600_000 }, async () => {
    writeFileSync(join(folder, 'study.yaml'), studyText());
    const end = await runCli(['study', 'create', 'study.yaml', '--watch'], { folder, env: { RETUNE_API: url } });
    expect([end.code, end.stderr]).toEqual([0, '']);
    const { answer: study } = await retune<Study>('study', 'show', 'families');
    const { answer } = await retune<{ items: Trial[] }>('trials', 'families');
    expect(study.state).toBe('COMPLETE');
    const complete = answer.items.filter(({ state }) => state === 'COMPLETE');
    expect(complete.map(({ parameters: { architecture, retrainDepth } }) => `${architecture} ${retrainDepth}`)).toEqual(
      points.map(({ architecture, retrainDepth }) => `${architecture} ${retrainDepth}`),
    );
    for (const { parameters, measures } of complete) {
      const all = measures.parameterCount as number;
      const isWhole = ['deep', 'scratch'].includes(parameters.retrainDepth);
      // Inception's auxiliary head has 2,559,234 parameters for two classes and does not fit pictures of this size.
      const trainable = parameters.architecture === 'inception_v3' ? all - 2_559_234 : all;
      if (isWhole) expect(measures.trainedParameterCount).toBe(trainable);
      else expect(measures.trainedParameterCount).toBeLessThan(trainable);
    }
  });

  test.each(architectures)('export gives a verified %s that predicts', { timeout: 120_000 }, async (network) => {
    const trial = String(
      points.findIndex(({ architecture, retrainDepth }) => architecture === network && retrainDepth === 'partial'),
    );
    const end = await retune<ExportedModel>('export', 'families', '--trial', trial, '--out', 'model');
    expect(end.stderr).toBe('');
    const { code, answer } = end;
    expect([code, answer.state, answer.verification?.differingImages]).toEqual([0, 'READY', 0]);
    const bees = join('pictures', 'validation', 'bees');
    const picture = join(bees, readdirSync(join(folder, bees))[0] as string);
    const predicted = await retune<{ predictions: { label: string }[] }[]>('predict', 'model', picture);
    expect(predicted.answer[0]?.predictions.map(({ label }) => label).sort()).toEqual(['ants', 'bees']);
    rmSync(join(folder, 'model'), { recursive: true });
  });
});
