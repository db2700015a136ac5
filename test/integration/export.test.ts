import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ExportClaim, type ExportVerification, finishExportRequest, trainingSettings } from '#api-contract';
import { systemClock } from '#primitives';
import { applyCheckpoint } from '../../apps/worker/src/checkpoint.js';
import { ChildRun, entryFile } from '../../apps/worker/src/child-run.js';
import { loadPictures } from '../../apps/worker/src/load-pictures.js';
import { modelCardText } from '../../apps/worker/src/model-card-text.js';
import { runBlocks } from '../../apps/worker/src/run-blocks.js';
import {
  type ExportedFiles,
  type ExportTools,
  finishExport,
  type WrittenExport,
  writeExport,
} from '../../apps/worker/src/run-export.js';
import { runTrial } from '../../apps/worker/src/run-trial.js';
import { scoreLogits } from '../../apps/worker/src/score-logits.js';
import { startNetwork } from '../../apps/worker/src/start-network.js';
import { compareWithRecord, countDifferences } from '../../apps/worker/src/verification.js';
import type { VerifyJob, VerifyMeasures } from '../../apps/worker/src/verify-export.js';
import { makeTrialScene, type TrialScene } from '../support/trial-scene.js';

const run = promisify(execFile);
let scene: TrialScene;
let claim: ExportClaim;
let written: WrittenExport;
let measured: VerifyMeasures;
let verification: ExportVerification;
let exported: ExportedFiles;
let tools: ExportTools;

async function runVerifyProcess(folder: string) {
  const job: VerifyJob = {
    folder,
    dataFolder: scene.dataFolder,
    manifestSha256: claim.dataset.manifestSha256,
    latencyBatch: 4,
    imageSize: 32,
    recordedLatencyP95Ms: claim.measures.latencyP95Ms,
    threads: 2,
  };
  const onAsk = async () => null;
  return new ChildRun({ entry: entryFile('verify-process'), job, onAsk, environment: {} }).end;
}

beforeAll(async () => {
  scene = await makeTrialScene({ train: 40, validation: 20 });
  const plain = scene.claim({ architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01, epochs: 2 });
  const schedule = { kind: 'warmup', epochs: 1 } as const;
  const augmentation = { views: 2, flip: true, shift: 0.1 };
  const trial = { ...plain, training: { ...plain.training, schedule, augmentation, featureDtype: 'fp16' as const } };
  const reports: ExportClaim['reports'] = [];
  tools = {
    clock: systemClock,
    store: scene.store,
    dataFolder: scene.dataFolder,
    unfinished: join(scene.dataFolder, 'exports', '.unfinished'),
    cacheFolder: scene.cacheFolder,
    weightsFolder: scene.weightsFolder,
    threads: 2,
  };
  const result = await runTrial(trial, {
    ...tools,
    profile: async () => ({ action: 'continue', reason: null }),
    report: async (report) => {
      reports.push(report);
      return { action: 'continue', reason: null };
    },
    measured: () => {},
  });
  if (result.state !== 'COMPLETE') throw new Error(`The trial ended as ${JSON.stringify(result)}`);
  claim = {
    ...trial,
    kind: 'export',
    exportId: '33333333-3333-4333-8333-333333333333',
    trialNumber: trial.number,
    checkpoint: result.checkpoint,
    initialStateSha256: result.initialStateSha256,
    measures: result.measures,
    accuracyInterval: { low: 0.4, high: 0.8 },
    reports,
    device: { class: 'cpu', name: 'test' },
    latencyDevice: { class: 'cpu', name: 'test' },
  };
  written = await writeExport(claim, tools);
  const end = await runVerifyProcess(tools.unfinished);
  if (end.kind !== 'result') throw new Error(JSON.stringify(end));
  measured = end.result as VerifyMeasures;
  const { predictions, ...rest } = measured;
  verification = {
    ...rest,
    differingImages: countDifferences(predictions, written.predictions),
    recordedAccuracy: claim.measures.accuracy,
    recordedLatencyP95Ms: claim.measures.latencyP95Ms,
  };
  exported = await finishExport(claim, { card: written.card, verification }, tools);
});

test('finishExport() keeps every file, and a zip that holds the same', async () => {
  const names = ['config.yaml', 'labels.json', 'model-card.md', 'model.onnx', 'model.safetensors', 'predict.mjs'];
  expect(readdirSync(exported.folder).sort()).toEqual(names);
  expect(exported.files.map(({ name }) => name)).toEqual(names);
  const zip = unzipSync(await scene.store.get(exported.zip.sha256));
  for (const { name, bytes } of exported.files) {
    const inZip = zip[`ants-or-bees-trial-3/${name}`] as Uint8Array;
    expect(inZip.length).toBe(bytes);
    expect(Buffer.compare(inZip, readFileSync(join(exported.folder, name)))).toBe(0);
  }
  expect(readdirSync(join(scene.dataFolder, 'exports'))).toEqual([claim.exportId]);
});

test('finishExport() of a stalled attempt that wakes up leaves the export of the later attempt alone', async () => {
  const stalled = { ...claim, exportId: '44444444-4444-4444-8444-444444444444' };
  const attempt = async (number: number, store: ExportTools['store']) => {
    const mine = { ...stalled, attempt: number };
    const own = { ...tools, store, unfinished: join(scene.dataFolder, 'exports', `.attempt-${number}`) };
    const { card } = await writeExport(mine, own);
    return finishExport(mine, { card, verification }, own);
  };
  let later: ExportedFiles | undefined;
  await attempt(1, {
    get: (sha256) => scene.store.get(sha256),
    put: async (bytes) => {
      later = await attempt(2, scene.store);
      return scene.store.put(bytes);
    },
  }).catch(() => undefined);
  expect(readdirSync(later?.folder as string)).toHaveLength(6);
});

test('config.yaml says everything that is needed to train the model again', () => {
  const config = parse(readFileSync(join(exported.folder, 'config.yaml'), 'utf8'));
  expect(config).toMatchObject({
    dataset: { name: 'insects', version: claim.dataset.version, classes: ['ants', 'bees'] },
    parameters: claim.parameters,
    training: {
      ...claim.training,
      schedule: { kind: 'warmup', epochs: 1 },
      augmentation: { views: 2, flip: true, shift: 0.1 },
      featureDtype: 'fp16',
      headInit: 'probe',
      optimizer: 'sgd',
      trialSeed: 7,
    },
    weights: { name: 'resnet18-test' },
    initialStateSha256: claim.initialStateSha256,
    checkpointSha256: claim.checkpoint.sha256,
    preprocessing: { resize: 32, crop: 32 },
    device: { class: 'cpu', name: 'test', provider: 'onnxruntime CPUExecutionProvider', threads: 2 },
    latencyDevice: { class: 'cpu', name: 'test' },
    versions: { retune: expect.any(String), 'onnxruntime-node': expect.stringMatching(/^\d/) },
  });
  expect(config.weights.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('a trial made from config.yaml alone trains to the same bytes, from the same probed head', async () => {
  const { parameters, training, ...config } = parse(readFileSync(join(exported.folder, 'config.yaml'), 'utf8'));
  const { optimizer, trialSeed, ...settings } = training;
  const again = { ...scene.claim({}, trialSeed), parameters, training: trainingSettings.parse(settings) };
  const result = await runTrial(again, {
    clock: systemClock,
    store: scene.store,
    cacheFolder: mkdtempSync(join(tmpdir(), 'retune-again-')),
    threads: 2,
    weightsFolder: scene.weightsFolder,
    profile: async () => ({ action: 'continue', reason: null }),
    report: async () => ({ action: 'continue', reason: null }),
    measured: () => {},
  });
  expect(optimizer).toBe('sgd');
  expect(result).toMatchObject({
    state: 'COMPLETE',
    checkpoint: { sha256: config.checkpointSha256 },
    initialStateSha256: config.initialStateSha256,
  });
});

test('modelCardText() says clearly which device the latency is from where that is no processor', () => {
  const gpu = { ...claim, latencyDevice: { class: 'webgpu', name: 'a graphics card' } };
  const card = modelCardText({ ...written.card, claim: gpu, verification });
  expect(card).toContain('on webgpu (a graphics card)');
  expect(card).toContain('**The network alone was measured on webgpu, not on a processor**');
  expect(card).toContain('It was trained on cpu (test).');
  const own = modelCardText({ ...written.card, claim, verification });
  expect(own).not.toMatch(/not on a processor|It was trained on/);
});

test('model-card.md names metrics with their interval, latency, data, confusion, curve and licence', () => {
  const card = readFileSync(join(exported.folder, 'model-card.md'), 'utf8');
  const { accuracy, correct } = claim.measures;
  expect(card).toContain(`Accuracy **${(accuracy * 100).toFixed(1)} %** on 20 validation images`);
  expect(card).toContain(`${correct} right; 95 % Wilson interval 40.0 % – 80.0 %`);
  expect(card).toContain('| ants | 20 | 10 | 0 |');
  expect(card).toContain('Licence of the weights | MIT');
  expect(card).toContain('Head before training | a linear probe on the features of the starting weights');
  expect(card).toContain(
    'Training pictures | 2 views of each, one an epoch: as it is, and mirrored or not, shifted by up to 0.1 of the side; seed 0',
  );
  expect(card).toContain(claim.dataset.version);
  const rows = /\| ants \| (\d+) \| (\d+) \|[^|]*\|\n\| bees \| (\d+) \| (\d+) \|/.exec(
    card.split('## Confusion matrix')[1] as string,
  );
  expect(Number(rows?.[1]) + Number(rows?.[4])).toBe(correct);
  expect(card.match(/^\| [12] \| \d+\.\d{4} \|/gm)).toHaveLength(2);
});

test('verify-process reloads the export alone and gives every image the class that the trained network gives it', () => {
  expect(measured.predictions).toHaveLength(20);
  expect(measured.predictions).toEqual(written.predictions);
  const { message } = compareWithRecord(verification, claim.measures);
  expect(message).not.toContain('differs');
  const { files, zip } = exported;
  finishExportRequest.parse({ state: 'READY', attempt: 1, verification, files, zip });
});

test('verify-process measures the network alone, and model.onnx on a whole picture of the usual size', () => {
  const { images } = scene.manifest;
  const sizes = images.filter(({ split }) => split === 'validation').map(({ width, height }) => `${width}x${height}`);
  expect(sizes).toContain(`${measured.endToEndWidth}x${measured.endToEndHeight}`);
  expect(measured.latencyP95Ms).toBeGreaterThanOrEqual(measured.latencyP50Ms);
  expect(measured.endToEndLatencyP95Ms).toBeGreaterThanOrEqual(measured.endToEndLatencyP50Ms);
  const row = (ms: number[]) => ms.map((value) => `${value.toFixed(2)} ms`).join(' | ');
  const card = readFileSync(join(exported.folder, 'model-card.md'), 'utf8');
  const { latencyP50Ms, latencyP95Ms } = claim.measures;
  expect(card).toContain(`| network alone, when it was trained | ${row([latencyP50Ms, latencyP95Ms])} |`);
  expect(card).toContain(
    `| network alone, when it was exported | ${row([measured.latencyP50Ms, measured.latencyP95Ms])} |`,
  );
  const endToEnd = row([measured.endToEndLatencyP50Ms, measured.endToEndLatencyP95Ms]);
  expect(card).toContain(`| \`model.onnx\` with its preprocessing | ${endToEnd} |`);
});

test('verify-process refuses labels that are not the dataset’s', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'retune-export-')), 'export');
  cpSync(exported.folder, folder, { recursive: true });
  writeFileSync(join(folder, 'labels.json'), '["bees","ants"]');
  expect(await runVerifyProcess(folder)).toMatchObject({ kind: 'failure', failure: { code: 'LABEL_MISMATCH' } });
});

/** A copy of the export far from this project. */
async function unpack(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'retune-predict-'));
  for (const [name, bytes] of Object.entries(unzipSync(await scene.store.get(exported.zip.sha256)))) {
    writeFileSync(join(folder, name.split('/')[1] as string), bytes);
  }
  return folder;
}

/** What the trained network, run by the engine, says of the validation pictures. */
async function predictedClasses(): Promise<{ sha256: string; label: string }[]> {
  const started = startNetwork(claim, scene.weightsFolder);
  const tensors = applyCheckpoint(started, await scene.store.get(claim.checkpoint.sha256), claim);
  const { network, image } = started;
  const { validation, manifest } = await loadPictures(claim, image, { ...scene, clock: systemClock });
  const whole = { network, tensors, from: 0, to: network.blocks.length, inputShape: [32, 32, 3] };
  const { value } = await runBlocks(whole, [validation.inputs], () => 0);
  const { predictions } = scoreLogits(value[0].data, validation.labels, 2);
  const images = manifest.images.filter(({ split }) => split === 'validation');
  return images.map(({ sha256 }, index) => ({ sha256, label: claim.dataset.classes[predictions[index]] as string }));
}

test('predict.mjs names the class the trained network names, in a clean process', async () => {
  const folder = await unpack();
  const expected = await predictedClasses();
  const files = expected.map((_, index) => join(folder, `picture ${index}.jpg`));
  for (const [index, file] of files.entries()) {
    writeFileSync(file, await scene.store.get(expected[index]?.sha256 as string));
  }
  const env = { PATH: process.env.PATH, NODE_PATH: resolve('node_modules') };
  const script = join(folder, 'predict.mjs');
  const { stdout } = await run(process.execPath, [script, ...files, '--json'], { cwd: folder, env });
  const answers = JSON.parse(stdout) as { image: string; predictions: { label: string; probability: number }[] }[];
  expect(answers.map(({ image }) => image)).toEqual(files);
  expect(answers.map(({ predictions }) => predictions[0]?.label)).toEqual(expected.map(({ label }) => label));
  for (const { predictions } of answers) {
    expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  }
  const text = await run(process.execPath, [script, files[0] as string, '--top', '1'], { cwd: folder, env });
  expect(text.stdout).toMatch(new RegExp(`^${files[0]}\n +\\d+\\.\\d %  ${expected[0]?.label}\n$`));
});

test('predict.mjs says in one line what is wrong, and leaves with 2 where an argument or a picture is', async () => {
  const folder = await unpack();
  const script = join(folder, 'predict.mjs');
  const attempt = async (args: string[], nodePath: string) => {
    const env = { PATH: process.env.PATH, NODE_PATH: nodePath };
    return run(process.execPath, [script, ...args], { cwd: folder, env }).then(
      () => ({ code: 0, stderr: '' }),
      (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
    );
  };
  const modules = resolve('node_modules');
  writeFileSync(join(folder, 'note.jpg'), 'no picture');
  expect(await attempt(['absent.jpg'], modules)).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^predict: cannot read absent\.jpg: ENOENT[^\n]*\n$/),
  });
  expect(await attempt(['note.jpg'], modules)).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^predict: cannot read note\.jpg: [^\n]*\n$/),
  });
  const strip = sharp({ create: { width: 41, height: 2, channels: 3, background: '#888' } });
  await strip.png().toFile(join(folder, 'strip.png'));
  expect(await attempt(['strip.png'], modules)).toEqual({
    code: 2,
    stderr:
      'predict: cannot read strip.png: it is 41 × 2 pixels, the long side may be at most 20 times the short one\n',
  });
  expect(await attempt(['a.jpg', '--top', 'many'], modules)).toEqual({
    code: 2,
    stderr: 'predict: --top is many, must be an integer of at least 1\n',
  });
  expect(await attempt(['a.jpg'], '')).toEqual({
    code: 1,
    stderr:
      'predict: the package sharp is missing. Install both beside this file: npm install onnxruntime-node sharp\n',
  });
});
