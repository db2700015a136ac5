import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Dataset, Trial } from '#api-contract';
import { ApiClient } from '../../../apps/cli/src/api-client.js';
import { Service } from '../../../apps/cli/src/service.js';
import type { EndedTrial, SideRun } from './side-run.js';
import type { StudyScene } from './study-scene.js';
import type { RetuneSwitch } from './switches.js';

/** Ours with its algorithms. */
export interface OurSide {
  /** In tables and files. */
  readonly name: string;
  /** @default the service's own */
  readonly sampler?: Algorithm;
  /** @default the service's own */
  readonly pruner?: Algorithm;
}

interface Algorithm {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Ours with the algorithms that are named, and the service's defaults for the others. */
export function ours({ sampler, options = {}, pruner }: NamedAlgorithms = {}): OurSide {
  return {
    name: 'ours',
    ...(sampler === undefined ? {} : { sampler: { name: sampler, options } }),
    ...(pruner === undefined ? {} : { pruner: { name: pruner, options: {} } }),
  };
}

/** What `ours` may be told. */
export interface NamedAlgorithms {
  readonly sampler?: string | undefined;
  /** Of the sampler. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly pruner?: string | undefined;
}

/** Ours without one of the means of the sampler `retune`. */
export function withoutSwitch(name: RetuneSwitch): OurSide {
  return { name: `ours, no ${name}`, sampler: { name: 'retune', options: { [name]: false } } };
}

const pollMs = 250;

/**
 * One study in a service of its own: embedded Postgres and one worker on the processor, an empty data folder. Seconds count
 * from the creation of the study, when the pictures are imported and the worker is there; the worker decodes them then.
 *
 * @throws {CliError} if the service refuses the study.
 */
export async function runOurs(side: OurSide, seed: number, scene: StudyScene, signal: AbortSignal): Promise<SideRun> {
  const dataFolder = join(scene.folder, 'data');
  rmSync(dataFolder, { recursive: true, force: true });
  const service = await Service.start({ dataFolder, host: '127.0.0.1', port: 0, worker: true, devices: 'cpu', signal });
  try {
    const search = searchAt(service.url, side, seed, scene, signal);
    return await Promise.race([search, service.failed().then((error) => Promise.reject(error))]);
  } finally {
    await service.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function searchAt(
  url: string,
  { name, ...algorithms }: OurSide,
  seed: number,
  scene: StudyScene,
  signal: AbortSignal,
): Promise<SideRun> {
  const client = new ApiClient(url, signal);
  const dataset = await imported(client, scene.pictures, signal);
  while (!(await client.workers()).some(({ alive }) => alive)) await wait(pollMs, undefined, { signal });
  const training = { ...scene.spec.training, seed };
  const created = await client.createStudy({ ...scene.spec, ...algorithms, training, seed, datasetId: dataset.id });
  let study = created;
  while (study.state === 'RUNNING') {
    await wait(pollMs, undefined, { signal });
    study = await client.study(created.id);
  }
  const began = Date.parse(created.createdAt);
  const ended = (await client.trials(created.id)).filter(({ finishedAt }) => finishedAt !== null);
  const trials = ended.map((trial) => endedTrial(trial, began)).sort((a, b) => a.second - b.second);
  const seconds = (Date.parse(study.finishedAt ?? new Date().toISOString()) - began) / 1000;
  return { side: name, seed, trials, seconds };
}

async function imported(client: ApiClient, path: string, signal: AbortSignal): Promise<Dataset> {
  let dataset = await client.createDataset({ name: 'insects', path, validationFraction: 0.2, seed: 0 });
  while (dataset.state === 'IMPORTING') {
    await wait(pollMs, undefined, { signal });
    dataset = await client.dataset(dataset.id);
  }
  if (dataset.state === 'READY') return dataset;
  throw new Error(`The service cannot import ${path}: ${dataset.failure}`);
}

function endedTrial(trial: Trial, began: number): EndedTrial {
  const { state, pruneReason, failMessage, parameters, measures, startedAt, createdAt, finishedAt } = trial;
  const end = Date.parse(finishedAt ?? '');
  return {
    second: (end - began) / 1000,
    trialSeconds: (end - Date.parse(startedAt ?? createdAt)) / 1000,
    state: state === 'COMPLETE' || state === 'PRUNED' ? state : 'FAIL',
    why: pruneReason ?? failMessage ?? '',
    architecture: parameters.architecture,
    retrainDepth: parameters.retrainDepth,
    learningRate: parameters.learningRate,
    epochs: parameters.epochs,
    accuracy: measures.accuracy ?? null,
    latencyMs: measures.latencyP95Ms ?? null,
  };
}
