import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Device, type TrialClaim, trainingSettings } from '#api-contract';
import { systemClock } from '#primitives';
import { ApiClient, ApiRefusedError } from './api-client.js';
import { claimLoop, type WorkOutcome } from './claim-loop.js';
import type { WorkContext } from './leased-work.js';
import { createLog } from './log.js';
import { superviseTrial } from './supervise-trial.js';
import { WarmChild } from './warm-child.js';

type Answer = { status: number; body?: unknown } | 'cut' | 'silence';
interface Request {
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly authorization: string | undefined;
}

/** The far end: answers as each test says and remembers what it was asked. */
class Service {
  readonly requests: Request[] = [];
  readonly #server: Server;
  readonly #waiting: { path: string; resolve: (request: Request) => void }[] = [];
  constructor(answer: (verb: string, request: Request, seen: number) => Answer) {
    this.#server = createServer(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const path = incoming.url ?? '';
      const request = {
        path,
        body: JSON.parse(Buffer.concat(chunks).toString()),
        authorization: incoming.headers.authorization,
      };
      const verb = path.split('/').at(-1) ?? '';
      this.requests.push(request);
      const reply = answer(verb, request, this.of(verb).length);
      for (const waiter of this.#waiting.filter((one) => one.path === verb)) waiter.resolve(request);
      if (reply === 'cut') return incoming.socket.destroy();
      if (reply === 'silence') return;
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
    });
  }
  of(verb: string): Request[] {
    return this.requests.filter(({ path }) => path.endsWith(`/${verb}`));
  }
  /** The next request of that kind. */
  next(verb: string): Promise<Request> {
    return new Promise((resolve) => this.#waiting.push({ path: verb, resolve }));
  }
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const claim: TrialClaim = {
  kind: 'trial',
  attempt: 3,
  leaseSeconds: 60,
  heartbeatSeconds: 0.05,
  trialId: '11111111-1111-4111-8111-111111111111',
  studyId: '22222222-2222-4222-8222-222222222222',
  studyName: 'ants',
  number: 7,
  parameters: { architecture: 'resnet18', retrainDepth: 'shallow', learningRate: 0.01, epochs: 2 },
  training: trainingSettings.parse({}),
  constraints: [],
  dataset: { name: 'ants', version: 'a'.repeat(64), manifestSha256: 'b'.repeat(64), classes: ['ant', 'bee'] },
  seed: 1,
  reuse: { features: true, trajectories: true },
};
const report = { epoch: 1, trainLoss: 1, validationLoss: 1, accuracy: 0.5, trainSeconds: 1, evaluationSeconds: 1 };
const go = { status: 200, body: { action: 'continue', reason: null } };
const beaten = { status: 200, body: { leaseUntil: '2026-01-01T00:00:00.000Z', cancel: false } };
const conflict = { status: 409, body: { code: 'LEASE_LOST', detail: 'attempt 4 has the trial' } };
const folder = mkdtempSync(join(tmpdir(), 'retune-claim-'));
const silent = createLog(
  true,
  () => {},
  () => 0,
);
const services: Service[] = [];

const trainers: WarmChild[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) service.close();
  for (const trainer of trainers.splice(0)) await trainer.close();
});

/** A child process with this body of `async (job, ask, tell)`. */
function child(name: string, body: string): string {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `let count = 0; const answers = new Map();
     const ask = (topic, body) => new Promise((resolve) => { answers.set(count, resolve); process.send({ type: 'ask', id: count++, topic, body }); });
     const tell = (topic, body) => process.send({ type: 'tell', topic, body });
     process.on('disconnect', () => process.exit(0));
     process.on('message', async (message) => {
       if (message.type === 'answer') return answers.get(message.id)(message.answer);
       const result = await (async (job) => { ${body} })(message.job);
       process.send({ type: 'result', result }, () => process.exit(0));
     });
     process.send({ type: 'ready' });`,
  );
  return file;
}
const forever = 'setInterval(() => {}, 1000); await new Promise(() => {});';

const device: Device = { class: 'cpu', index: 0, name: 'test', driver: null, threads: 1, memoryBytes: 1 };

interface Scene {
  readonly service: Service;
  readonly api: ApiClient;
  readonly stop: AbortController;
  readonly context: WorkContext;
}
async function scene(entry: string, answer: (verb: string, request: Request, seen: number) => Answer): Promise<Scene> {
  const service = new Service(answer);
  services.push(service);
  const stop = new AbortController();
  const api = new ApiClient({
    baseUrl: await service.listen(),
    token: 'secret',
    clock: systemClock,
    random: () => 0.5,
    callTimeoutMs: 2000,
    maxBackoffMs: 20,
  });
  const context: WorkContext = {
    api,
    clock: systemClock,
    log: silent,
    execution: { provider: 'cpu', index: 0 },
    device,
    dataFolder: folder,
    childEnvironment: {},
    entryFile: () => entry,
    trainer: new WarmChild(entry, {}, { stop: stop.signal }),
    warmBytes: 0,
    featureBytes: 0,
    stop: stop.signal,
  };
  trainers.push(context.trainer);
  return { service, api, stop, context };
}

function loop({ api, stop, context }: Scene, outcomes: WorkOutcome[]): Promise<void> {
  return claimLoop({
    api,
    workerId: 'w1',
    device: context.device,
    signal: stop.signal,
    log: silent,
    random: () => 0.5,
    pauses: { idleLowMs: 1, idleHighMs: 2, awayMs: 5 },
    work: async (work, sentAtMs) => {
      const outcome = await superviseTrial(work as TrialClaim, sentAtMs, context);
      outcomes.push(outcome);
      return outcome;
    },
  });
}

test('claimLoop() asks with one claimRequestId until it is answered, and does the work it gets', async () => {
  const entry = child(
    'completes',
    `const first = await ask('profile', { sizeBytes: 8 });
     const second = await ask('report', ${JSON.stringify(report)});
     return { state: 'PRUNED', reason: first.action + ' ' + second.action, measures: {} };`,
  );
  const outcomes: WorkOutcome[] = [];
  const it = await scene(entry, (verb, _, seen) => {
    if (verb !== 'claim') return verb === 'heartbeat' ? beaten : go;
    return seen === 1
      ? 'cut'
      : seen === 2
        ? { status: 503 }
        : seen === 3
          ? { status: 200, body: claim }
          : { status: 204 };
  });
  const idle = waitFor(() => it.service.of('claim').length >= 5, it.service);
  const running = loop(it, outcomes);
  await idle;
  it.stop.abort();
  await running;
  const ids = it.service.of('claim').map(({ body }) => body.claimRequestId);
  expect(new Set(ids.slice(0, 3)).size).toBe(1);
  expect(new Set(ids.slice(2, 5)).size).toBe(3);
  expect(outcomes).toEqual(['pruned']);
  const latencyDevice = { class: 'cpu', name: 'test' };
  expect(it.service.of('profile')[0]?.body).toEqual({ attempt: 3, measures: { sizeBytes: 8 }, latencyDevice });
  expect(it.service.of('report')[0]?.body).toEqual({ attempt: 3, report });
  expect(it.service.of('finish')[0]?.body).toEqual({
    attempt: 3,
    state: 'PRUNED',
    reason: 'continue continue',
    measures: {},
  });
  expect(it.service.requests.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true);
});

test('claimLoop() ends with the service’s words where the token is wrong', async () => {
  const it = await scene('', () => ({ status: 401, body: { detail: 'unknown worker token' } }));
  const error = await loop(it, []).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiRefusedError);
  expect((error as Error).message).toBe('The service refused /v1/worker/claim with 401: unknown worker token');
});

test('superviseTrial() repeats a report over lost answers and 5xx, and a repeated finish is the same', async () => {
  const entry = child(
    'retries',
    `await ask('report', ${JSON.stringify(report)}); return { state: 'PRUNED', reason: 'x', measures: {} };`,
  );
  const it = await scene(entry, (verb, _, seen) => {
    if (verb === 'heartbeat') return beaten;
    return seen === 1 ? 'cut' : seen === 2 ? { status: 500 } : go;
  });
  expect(await superviseTrial(claim, systemClock.monotonicMs(), it.context)).toBe('pruned');
  expect(it.service.of('report').map(({ body }) => body)).toEqual(Array(3).fill({ attempt: 3, report }));
  expect(new Set(it.service.of('finish').map(({ body }) => JSON.stringify(body))).size).toBe(1);
});

test('superviseTrial() stops the child on 409 and says nothing more', async () => {
  const it = await scene(child('zombie', forever), (verb, _, seen) =>
    verb === 'heartbeat' ? (seen < 3 ? beaten : conflict) : go,
  );
  expect(await superviseTrial(claim, systemClock.monotonicMs(), it.context)).toBe('lost');
  expect(it.service.of('finish')).toEqual([]);
  expect(it.service.of('release')).toEqual([]);
});

test('superviseTrial() fences itself when the service is silent for the length of the lease', async () => {
  const short = { ...claim, leaseSeconds: 0.5, heartbeatSeconds: 0.05 };
  const it = await scene(child('fenced', forever), () => 'silence');
  const started = systemClock.monotonicMs();
  expect(await superviseTrial(short, started, it.context)).toBe('lost');
  expect(systemClock.monotonicMs() - started).toBeGreaterThanOrEqual(449);
  expect(it.service.of('finish')).toEqual([]);
});

test('superviseTrial() finishes a trial of a stopped study as cancelled, with what was measured', async () => {
  const entry = child('cancelled', `tell('measures', { sizeBytes: 5 }); await ask('profile', {}); ${forever}`);
  let profiled = false;
  const it = await scene(entry, (verb) => {
    if (verb === 'profile') profiled = true;
    return verb === 'heartbeat' ? { ...beaten, body: { ...beaten.body, cancel: profiled } } : go;
  });
  expect(await superviseTrial(claim, systemClock.monotonicMs(), it.context)).toBe('cancelled');
  expect(it.service.of('finish')[0]?.body).toEqual({
    attempt: 3,
    state: 'FAIL',
    failReason: 'cancelled',
    message: 'The study was stopped',
    measures: { sizeBytes: 5 },
  });
});

test('superviseTrial() gives the trial back when the worker is told to end, whatever its child does', async () => {
  const it = await scene(child('released', `await ask('profile', {}); ${forever}`), (verb) =>
    verb === 'heartbeat' ? beaten : go,
  );
  const profiled = it.service.next('profile');
  const running = superviseTrial(claim, systemClock.monotonicMs(), it.context);
  await profiled;
  it.stop.abort();
  expect(await running).toBe('released');
  expect(it.service.of('release')[0]?.body).toEqual({ attempt: 3 });
  expect(it.service.of('finish')).toEqual([]);
});

test.each([
  [
    'killed',
    'process.kill(process.pid, "SIGKILL"); await new Promise(() => {});',
    'out_of_memory',
    /not enough memory/,
  ],
  ['oom', 'console.error("FATAL ERROR: JavaScript heap out of memory"); process.abort();', 'out_of_memory', /ran out/],
  ['crashed', 'console.error("boom"); process.exit(9);', 'error', /left with code 9: boom/],
  [
    'diverged',
    'process.send({ type: "failure", failure: { code: "DIVERGED", message: "loss is NaN", stack: "" } }, () => process.exit(1)); await new Promise(() => {});',
    'diverged',
    /loss is NaN/,
  ],
  [
    'too large for its device',
    'process.send({ type: "failure", failure: { code: "DEVICE_MEMORY", message: "too little memory", stack: "" } }, () => process.exit(1)); await new Promise(() => {});',
    'out_of_memory',
    /too little memory/,
  ],
])('superviseTrial() reports a child that is %s', async (name, body, failReason, message) => {
  const it = await scene(child(name, body), (verb) => (verb === 'heartbeat' ? beaten : go));
  expect(await superviseTrial(claim, systemClock.monotonicMs(), it.context)).toBe('failed');
  const finish = it.service.of('finish')[0]?.body;
  expect(finish).toMatchObject({ state: 'FAIL', failReason, attempt: 3 });
  expect(finish?.message).toMatch(message);
});

/** Resolves once `condition` holds, asked anew at every request. */
async function waitFor(condition: () => boolean, service: Service): Promise<void> {
  while (!condition()) await service.next('claim');
}
