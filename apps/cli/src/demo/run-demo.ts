import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import type { Dataset, ParetoFront, Study } from '#api-contract';
import type { ApiClient } from '../api-client.js';
import { CliError } from '../cli-error.js';
import { config } from '../config.js';
import { databasePlace } from '../embedded-database.js';
import { exitCode } from '../exit-code.js';
import { exportModel, verificationText } from '../export-model.js';
import { importDataset } from '../import-dataset.js';
import type { Output } from '../output.js';
import { predictImages } from '../predict-images.js';
import { formatAccuracy, formatBytes, formatSeconds } from '../quantities.js';
import { repository } from '../repository.js';
import { Service } from '../service.js';
import type { Session } from '../session.js';
import { showStudy } from '../show-study.js';
import { readStudyFile } from '../study-file.js';
import { constraintText, learningRateText, renderFront } from '../tables.js';
import { compareWithScratch } from './compare-with-scratch.js';
import { drawPictures, type LabelledPicture, picturesOf } from './demo-pictures.js';

const datasetName = 'insects';

/** The demo's places, absolute. */
interface Places {
  readonly dataFolder: string;
  readonly pictures: string;
  readonly model: string;
}

/**
 * The whole way once: pictures, service, dataset, study, front, export, prediction.
 *
 * @param trials As many in place of those of configs/studies/demo.yaml.
 */
export async function runDemo(session: Session, trials?: number): Promise<void> {
  const { output, signal, dataFolder } = session;
  const startedMs = performance.now();
  const places: Places = {
    dataFolder,
    pictures: join(dataFolder, 'demo', 'pictures'),
    model: join(dataFolder, 'demo', 'model'),
  };
  output.line(output.bold('Retune demo: from a folder of pictures to a verified model'));
  output.line(`on ${availableParallelism()} cores; everything stays in ${shown(dataFolder)}; Ctrl-C stops it.`);
  await preparePictures(places, output, signal);
  step(output, 2, 'Service');
  // The latency constraint of demo.yaml, and the figures that the README shows, are those of processors.
  const devices = config.devices ?? 'cpu';
  const service = await Service.start({ dataFolder, host: '127.0.0.1', port: 0, worker: true, devices, signal });
  try {
    output.line(`  API, Postgres and one worker run at ${service.url} (docs: ${service.url}/docs)`);
    const work = demoStudy(session.clientAt(service.url), places, trials, output, signal);
    await Promise.race([work, service.failed().then((error) => Promise.reject(error))]);
  } finally {
    await service.stop();
  }
  goOn(places, output);
  output.line(`\nDone in ${formatSeconds((performance.now() - startedMs) / 1000)}.`);
}

async function preparePictures({ dataFolder, pictures }: Places, output: Output, signal: AbortSignal): Promise<void> {
  step(output, 1, 'Pictures');
  const drawn = await drawPictures(pictures, join(dataFolder, 'logs', 'draw.log'), output, signal);
  const train = picturesOf(pictures, 'train').length;
  const validation = picturesOf(pictures, 'validation').length;
  const how = drawn ? 'drew' : 'found';
  output.line(`  ${how} ${train} pictures to train on and ${validation} to validate on in ${shown(pictures)}`);
}

async function demoStudy(
  client: ApiClient,
  places: Places,
  trials: number | undefined,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  step(output, 3, 'Dataset');
  const dataset = await demoDataset(client, places.pictures, output, signal);
  const classes = dataset.classes.map(({ name }) => name).join(', ');
  output.line(`  ${dataset.name}: ${dataset.imageCount} pictures of ${classes}, ${formatBytes(dataset.sizeBytes)}`);

  step(output, 4, 'Study');
  const { spec } = await readStudyFile(join(repository.studies, 'demo.yaml'));
  const shorter = trials === undefined ? {} : { trials, enqueue: spec.enqueue?.slice(0, trials) ?? [] };
  const created = await client.createStudy({ ...spec, ...shorter, datasetId: dataset.id });
  introduce(created, output);
  const study = await showStudy(client, created, output, signal);

  step(output, 5, 'Front');
  const front = await client.pareto(study.id, {});
  showFront(front, output);
  const comparison = compareWithScratch(await client.trials(study.id));
  if (comparison) output.line(`\n  ${comparison}`);

  step(output, 6, 'Export');
  const trialNumber = (front.items[0] as ParetoFront['items'][number]).trial.number;
  const order = {
    studyId: study.id,
    request: { trialNumber },
    folder: places.model,
    replace: true,
    indent: '  ',
  };
  const { exported, folder } = await exportModel(client, order, output, signal);
  output.line(`  ${verificationText(exported)}`);
  for (const { name, bytes } of exported.files) output.line(`    ${name.padEnd(20)} ${formatBytes(bytes).padStart(8)}`);
  const prediction = await predictOne(folder, picturesOf(places.pictures, 'validation'), output, signal);
  output.event({ event: 'demo.finished', dataset, study, front, exported, folder, prediction });
}

/** An equal dataset that is READY is used again. */
async function demoDataset(client: ApiClient, path: string, output: Output, signal: AbortSignal): Promise<Dataset> {
  const known = (await client.datasets(datasetName)).find(
    (dataset) => dataset.path === path && dataset.state === 'READY',
  );
  return known ?? importDataset(client, { name: datasetName, path }, output, signal);
}

function introduce({ spec, progress }: Study, output: Output): void {
  const { architecture, retrainDepth, learningRate } = spec.searchSpace;
  output.line(`  architecture   ${architecture.join(', ')}`);
  output.line(`  retrain depth  ${retrainDepth.join(', ')}`);
  output.line(`  learning rate  ${learningRateText(learningRate)}`);
  output.line(`  constraints    ${spec.constraints.map(constraintText).join(', ')}`);
  const limit = spec.timeoutSeconds === null ? '' : `, none begins after ${formatSeconds(spec.timeoutSeconds)}`;
  output.line(`  algorithms     ${spec.sampler.name} sampler, ${spec.pruner.name} pruner`);
  output.line(`  trials         ${progress.total} at the most${limit}\n`);
}

function showFront(front: ParetoFront, output: Output): void {
  if (front.items.length === 0) {
    throw new CliError('No trial of the demo meets the constraints', exitCode.nothingFeasible, [
      front.explanation ?? 'This machine may be too slow for the latency constraint of configs/studies/demo.yaml.',
    ]);
  }
  output.line(`  ${front.feasible} of ${front.considered} trials meet the constraints. Those no other one beats:\n`);
  for (const line of renderFront(front).split('\n')) output.line(`  ${line}`);
}

/** What predict.mjs prints with --json; see the export. */
type Predictions = readonly {
  readonly predictions: readonly { readonly label: string; readonly probability: number }[];
}[];

async function predictOne(
  folder: string,
  pictures: readonly LabelledPicture[],
  output: Output,
  signal: AbortSignal,
): Promise<unknown> {
  const picture = pictures[Math.floor(pictures.length / 2)] as LabelledPicture;
  const [answer] = JSON.parse(await predictImages(folder, [picture.path], { json: true }, signal)) as Predictions;
  const said = (answer?.predictions ?? []).map(({ label, probability }) => `${label} ${formatAccuracy(probability)}`);
  output.line(`\n  Prediction by the exported model.onnx, in a process of its own, for ${shown(picture.path)}`);
  output.line(`    model: ${said.join(', ')}`);
  output.line(`    truth: ${picture.className}`);
  return { picture, answer };
}

function goOn({ dataFolder, pictures, model }: Places, output: Output): void {
  const data = shown(dataFolder);
  output.line(`\n${output.bold('Where everything lies')}`);
  output.line(`  exported model  ${shown(model)}`);
  output.line(`  pictures        ${shown(pictures)}`);
  output.line(`  study, trials   ${databasePlace(dataFolder)}`);
  output.line(`  logs            ${data}/logs`);
  output.line(`\n${output.bold('Go on')}`);
  const start = dataFolder === join(repository.root, 'data') ? 'npm start' : `npx retune start --data ${data}`;
  output.line(`  ${start.padEnd(40)}  the service with its docs at http://127.0.0.1:4680/docs`);
  output.line('  npx retune trials insects                 every trial of this study, once the service runs');
  output.line('  npx retune pareto insects --max-latency-ms 5');
  output.line(`  npx retune predict ${shown(model)} PICTURE...`);
}

function step(output: Output, number: number, title: string): void {
  output.line(`\n${output.bold(`[${number}/6] ${title}`)}`);
}

/** As it can be typed from here; with quotes where it has spaces. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  const short = near === '' ? '.' : near.startsWith('..') ? path : near;
  return /\s/.test(short) ? `'${short}'` : short;
}
