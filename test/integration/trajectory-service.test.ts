import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { storage, study, type Trial, trial, trialCurve } from '#api-contract';
import { runCli } from '../support/run-cli.js';
import { TestApi } from '../support/test-api.js';
import { makeTrialScene, sceneImageSize, type TrialScene } from '../support/trial-scene.js';
import { until } from '../support/until.js';

/** A real service and real workers, which share a folder of artifacts. */
let scene: TrialScene;
let api: TestApi;
let datasetId: string;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  scene = await makeTrialScene({ train: 16, validation: 8 });
  api = await TestApi.start({ dataFolder: scene.dataFolder, reapSeconds: 0.2 });
  writeFileSync(join(scene.dataFolder, 'worker-token'), api.api.workerToken);
  const { version, manifestSha256, classes } = scene.claim({}).dataset;
  const counts = { train: 8, validation: 4, test: 0 };
  const content = { version, manifestSha256, classes: classes.map((name) => ({ name, ...counts })) };
  datasetId = (await api.readyDataset('insects', content)).id;
});
afterAll(() => api.stop());
afterEach(async () => {
  for (const worker of workers.splice(0)) await kill(worker);
});

function startWorker(name: string): ChildProcess {
  const args = ['run', '--api', api.api.url, '--data', scene.dataFolder, '--name', name, '--devices', 'cpu'];
  const main = resolve('dist/apps/worker/src/main.js');
  const worker = spawn(process.execPath, [main, ...args], { stdio: 'ignore' });
  workers.push(worker);
  return worker;
}

async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}

/** A study of trials from scratch that differ in their epochs alone. */
async function startStudy(name: string, epochs: readonly number[], learningRate: number): Promise<string> {
  const { id } = await api.ok(study, 'POST', '/v1/studies', {
    name,
    datasetId,
    searchSpace: {
      architecture: ['squeezenet1_1'],
      retrainDepth: ['scratch'],
      learningRate: { low: 0.0001, high: 0.1 },
      epochs: { low: 1, high: 10_000 },
    },
    training: { imageSize: sceneImageSize, batchSize: 8 },
    pruner: { name: 'none' },
    enqueue: epochs.map((each) => ({
      ...{ architecture: 'squeezenet1_1', retrainDepth: 'scratch', learningRate, epochs: each },
    })),
    trials: epochs.length,
  });
  return id;
}

const shown = (id: string, number: number) => api.ok(trial, 'GET', `/v1/studies/${id}/trials/${number}`);
const rowOf = async (id: string, number: number) =>
  (await api.database.dataSource.query('SELECT * FROM trial WHERE study_id = $1 AND number = $2', [id, number]))[0];
const curveOf = async (id: string, number: number) =>
  (await api.ok(trialCurve, 'GET', `/v1/studies/${id}/trials/${number}/curve`)).reports;

async function complete(id: string, number: number): Promise<Trial> {
  let found = await shown(id, number);
  await until(async () => {
    found = await shown(id, number);
    return !['WAITING', 'RUNNING'].includes(found.state);
  });
  expect(found, found.failMessage ?? '').toMatchObject({ state: 'COMPLETE' });
  return found;
}

test('a worker goes on where an equal trial of another study stopped, and answers from the record', async () => {
  const first = await startStudy('first', [2], 0.01);
  startWorker('one');
  const two = await complete(first, 0);
  const second = await startStudy('second', [4, 2, 4], 0.01);
  const [four, again, fourAgain] = [await complete(second, 0), await complete(second, 1), await complete(second, 2)];
  expect((await curveOf(second, 0)).slice(0, 2)).toEqual(await curveOf(first, 0));
  expect((await curveOf(second, 0)).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  const secondsOf = ({ measures }: Trial) => (measures.trainSeconds ?? 0) + (measures.evaluationSeconds ?? 0);
  expect(secondsOf(four)).toBeGreaterThan(secondsOf(two));
  expect(again).toMatchObject({ checkpoint: two.checkpoint, measures: { computedSeconds: 0 } });
  expect(fourAgain).toMatchObject({ checkpoint: four.checkpoint, measures: { computedSeconds: 0, decodeSeconds: 0 } });
  expect(await curveOf(second, 2)).toEqual(await curveOf(second, 0));
  const { items } = await api.ok(storage, 'GET', '/v1/storage');
  const bytes = (two.checkpoint?.bytes ?? 0) + (four.checkpoint?.bytes ?? 0);
  expect(items[0]).toEqual({ kind: 'checkpoints', bytes, count: 2 });
  const { code, stdout } = await runCli(['storage', '--api', api.api.url], { folder: scene.dataFolder });
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^checkpoints +2 /m)]);
}, 60_000);

test('a trial whose worker was killed keeps the epochs of the trial before it; damaged ones are forgotten', async () => {
  const id = await startStudy('killed', [2, 10_000], 0.02);
  const worker = startWorker('two');
  const short = await complete(id, 0);
  await until(async () => (await shown(id, 1)).epoch >= 4);
  await kill(worker);
  const { dataSource } = api.database;
  await dataSource.query(`UPDATE trial SET lease_until = now() - interval '1 s' WHERE state = 'RUNNING'`);
  await until(async () => (await shown(id, 1)).state === 'WAITING');
  await dataSource.query('UPDATE trial SET run_at = now()');
  const next = startWorker('three');
  await until(async () => (await shown(id, 1)).attempt === 2 && (await shown(id, 1)).epoch >= 3);
  expect(await rowOf(id, 1)).toMatchObject({ continued_from: 2 });
  expect((await curveOf(id, 1)).slice(0, 2)).toEqual(await curveOf(id, 0));
  await kill(next);
  rmSync(scene.store.path(short.checkpoint?.sha256 as string));
  await dataSource.query(`UPDATE trial SET lease_until = now() - interval '1 s' WHERE state = 'RUNNING'`);
  await until(async () => (await shown(id, 1)).state === 'WAITING');
  await dataSource.query('UPDATE trial SET run_at = now()');
  startWorker('four');
  // In one look: until the worker finds that the point cannot be read, its epochs count as the trial's.
  await until(async () => {
    const { attempt, epoch, continued_from } = await rowOf(id, 1);
    return attempt === 3 && epoch >= 1 && continued_from === null;
  });
  const points =
    'SELECT p.epoch FROM trajectory_point p JOIN trial t ON t.trajectory_key = p.key WHERE t.study_id = $1';
  expect(await dataSource.query(`${points} AND t.number = 1`, [id])).toEqual([]);
  const reports = await curveOf(id, 1);
  expect(reports[0]?.epoch).toBe(1);
  expect(reports[0]?.trainLoss).toBe((await curveOf(id, 0))[0]?.trainLoss);
}, 60_000);
