import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { type EpochReport, finishExportRequest, finishTrialRequest, type TrialMeasures } from '#api-contract';
import { FakeService, type WorkerRequest } from '../support/fake-service.js';
import { trialMeasures } from '../support/fake-work.js';
import { makeTrialScene, type TrialScene } from '../support/trial-scene.js';
import { until } from '../support/until.js';

const main = resolve('dist/apps/worker/src/main.js');
let scene: TrialScene;
const services: FakeService[] = [];
const workers: ChildProcess[] = [];

beforeAll(async () => {
  scene = await makeTrialScene({ train: 16, validation: 8 });
  writeFileSync(join(scene.dataFolder, 'worker-token'), 'secret');
});

afterEach(async () => {
  for (const service of services.splice(0)) service.close();
  for (const worker of workers.splice(0)) {
    if (worker.exitCode !== null || worker.signalCode !== null) continue;
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  }
});

const beaten = { leaseUntil: '2030-01-01T00:00:00.000Z', cancel: false };
const go = { action: 'continue', reason: null };
function answers(claims: readonly unknown[]) {
  return ({ verb }: WorkerRequest, seen: number) => {
    if (verb === 'claim') return claims[seen - 1] ?? null;
    if (verb === 'continue') return { from: null };
    return verb === 'heartbeat' ? beaten : go;
  };
}

async function serve(
  answer: ConstructorParameters<typeof FakeService>[0],
): Promise<{ service: FakeService; url: string }> {
  const service = new FakeService(answer);
  services.push(service);
  return { service, url: await service.listen() };
}

function startWorker(url: string, ...more: string[]): { worker: ChildProcess; output: () => string } {
  const args = ['run', '--api', url, '--data', scene.dataFolder, '--name', 'w1', ...more];
  const worker = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  workers.push(worker);
  let output = '';
  for (const stream of [worker.stdout, worker.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return { worker, output: () => output };
}

/** From scratch, so that no weights are needed. */
const endless = () => scene.claim({ architecture: 'squeezenet1_1', retrainDepth: 'scratch', epochs: 10_000 });

test('worker run trains a claimed trial, hands it in, exports and verifies it, and keeps nothing of an export that differs', async () => {
  const trial = scene.claim({ architecture: 'resnet18', retrainDepth: 'scratch', epochs: 2 });
  const { service, url } = await serve((request, seen) => {
    if (request.verb !== 'claim') return answers([])(request, seen);
    if (seen === 1) return trial;
    const finish = service.of('finish')[0]?.body;
    if (seen > 3 || finish?.state !== 'COMPLETE') return null;
    const measures = finish.measures as TrialMeasures;
    return {
      ...trial,
      kind: 'export',
      exportId: seen === 2 ? '33333333-3333-4333-8333-333333333333' : '44444444-4444-4444-8444-444444444444',
      trialNumber: trial.number,
      checkpoint: finish.checkpoint,
      initialStateSha256: finish.initialStateSha256,
      // The record that the second export is compared with is of another model.
      measures: seen === 2 ? measures : { ...measures, correct: (measures.correct + 4) % 8 },
      accuracyInterval: { low: 0, high: 1 },
      reports: service.of('report').map(({ body }) => body.report as EpochReport),
      device: { class: 'cpu', name: 'test' },
      latencyDevice: { class: 'cpu', name: 'test' },
    };
  });
  const first = service.next('finish');
  const { output } = startWorker(url);
  const finished = finishTrialRequest.parse((await first).body);
  expect(finished.state, output()).toBe('COMPLETE');
  const exported = finishExportRequest.parse((await service.next('finish')).body);
  expect(exported, output()).toMatchObject({ state: 'READY', verification: { validationImages: 8 } });
  expect(service.of('report')).toHaveLength(2);
  expect(readdirSync(join(scene.dataFolder, 'exports', '33333333-3333-4333-8333-333333333333'))).toHaveLength(6);
  const kept = storedBytes();
  const refused = finishExportRequest.parse((await service.next('finish')).body);
  expect(refused, output()).toMatchObject({
    state: 'FAILED',
    message: expect.stringContaining('differs from the record'),
  });
  expect(readdirSync(join(scene.dataFolder, 'exports'))).toEqual(['33333333-3333-4333-8333-333333333333']);
  expect(storedBytes()).toEqual(kept);
});

/** Every artifact by its path. */
function storedBytes(): string[] {
  const names = readdirSync(join(scene.dataFolder, 'artifacts'), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

test('worker run gives the trial back and leaves at SIGTERM, before its own patience of 2 s ends it with 1', async () => {
  const { service, url } = await serve(answers([endless()]));
  const reported = service.next('report');
  const { worker, output } = startWorker(url);
  await reported;
  const children = childrenOf(worker.pid as number);
  expect(children).toHaveLength(1);
  worker.kill('SIGTERM');
  const [code] = await once(worker, 'exit');
  expect(code, output()).toBe(0);
  expect(service.of('release')).toEqual([{ verb: 'release', body: { attempt: 1 } }]);
  expect(children.filter(isAlive)).toEqual([]);
  expect(readdirSync(join(scene.dataFolder, 'locks'))).toEqual([]);
});

test('worker run killed with SIGKILL leaves no child behind, and the next worker takes the device', async () => {
  const { service, url } = await serve(answers([endless()]));
  const reported = service.next('report');
  const { worker } = startWorker(url);
  await reported;
  const children = childrenOf(worker.pid as number);
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  await until(() => !children.some(isAlive));
  const asked = service.next('claim');
  startWorker(url);
  await asked;
});

test('worker run refuses to export what it cannot measure on the class of device of the record, and says what it takes', async () => {
  const { kind: _, trialId: __, number: trialNumber, constraints: ___, ...trial } = endless();
  const { service, url } = await serve(
    answers([
      {
        ...{ ...trial, kind: 'export', exportId: '55555555-5555-4555-8555-555555555555', trialNumber },
        ...{ checkpoint: { sha256: 'c'.repeat(64), bytes: 1 }, initialStateSha256: 'd'.repeat(64) },
        ...{ measures: trialMeasures(), accuracyInterval: { low: 0, high: 1 }, reports: [] },
        device: { class: 'cpu', name: 'test' },
        latencyDevice: { class: 'webgpu', name: 'a graphics card' },
      },
    ]),
  );
  const finished = service.next('finish');
  startWorker(url, '--devices', 'cpu');
  expect(finishExportRequest.parse((await finished).body)).toMatchObject({
    state: 'FAILED',
    message: expect.stringMatching(
      /^The latency of trial 3 was measured on webgpu \(a graphics card\).* this worker has cpu .*--devices webgpu:0 and/,
    ),
  });
});

test('worker run refuses a device that another worker uses', async () => {
  const { service, url } = await serve(answers([]));
  const asked = service.next('claim');
  startWorker(url);
  await asked;
  const { worker, output } = startWorker(url);
  const [code] = await once(worker, 'exit');
  expect(code).toBe(1);
  expect(output()).toMatch(/^worker: Cannot use device cpu: worker w1 \(process \d+\) already uses it[^\n]*\n$/);
});

test('worker run refuses a named device that does not work, with the reason and where to look', async () => {
  const { url } = await serve(answers([]));
  const { worker, output } = startWorker(url, '--devices', 'cpu,cuda:7');
  const [code] = await once(worker, 'exit');
  expect(code).toBe(2);
  expect(output()).toMatch(/^worker: Cannot use device cuda:7: [^\n]+ "retune doctor" lists the devices[^\n]*\n$/);
});

test('worker run ends a trial as cancelled when the service says so at a report', async () => {
  const { service, url } = await serve((request, seen) => {
    if (request.verb === 'report') return { action: 'cancel', reason: 'the study was stopped' };
    return answers([endless()])(request, seen);
  });
  const finished = service.next('finish');
  startWorker(url);
  const body = finishTrialRequest.parse((await finished).body);
  expect(body).toMatchObject({ state: 'FAIL', failReason: 'cancelled' });
});

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** A zombie that nobody has reaped yet counts as gone. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
