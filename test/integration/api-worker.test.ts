import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Claim,
  claim,
  type EpochReport,
  heartbeatResponse,
  page,
  paretoFront,
  study,
  type TrialClaim,
  type TrialMeasures,
  trial,
  trialCurve,
  verdict,
  workerList,
} from '#api-contract';
import { claimRequest, reportOf, trialMeasures } from '../support/fake-work.js';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';

let api: TestApi;
let datasetId: string;
beforeAll(async () => {
  api = await TestApi.start();
  datasetId = (await api.readyDataset()).id;
});
afterAll(() => api.stop());

async function startStudy(changes: Parameters<typeof studyInput>[1] = {}): Promise<string> {
  return (await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId, changes))).id;
}

async function claimTrial(workerId = 'one'): Promise<Extract<Claim, { kind: 'trial' }>> {
  const work = await api.ok(claim, 'POST', '/v1/worker/claim', claimRequest(workerId), 200);
  if (work.kind !== 'trial') throw new Error(`expected a trial, got an ${work.kind}`);
  return work;
}

const work = (trialId: string, verb: string) => `/v1/worker/trials/${trialId}/${verb}`;
const stopStudy = (id: string) => api.ok(study, 'POST', `/v1/studies/${id}/stop`, undefined, 200);

/** POSTs that are answered 204. */
async function done(path: string, body: object): Promise<void> {
  const answer = await api.call('POST', path, body, api.workerHeaders);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 204, body: '' });
}

function completeOf(attempt: number, measures: Partial<TrialMeasures> = {}) {
  return {
    state: 'COMPLETE',
    attempt,
    measures: trialMeasures(measures),
    checkpoint: { sha256: 'c'.repeat(64), bytes: 1000 },
    initialStateSha256: 'd'.repeat(64),
    weights: null,
  };
}

test('POST /v1/worker/* refuses who does not show the token', async () => {
  for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: `Basic ${api.api.workerToken}` }]) {
    for (const path of ['claim', 'trials/x/report', 'exports/x/finish']) {
      const answer = await api.call('POST', `/v1/worker/${path}`, {}, headers as Record<string, string>);
      expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(JSON.stringify(answer.body)).not.toContain(api.api.workerToken);
    }
  }
});

test('POST /v1/worker/claim answers 204 while there is nothing to do', async () => {
  const answer = await api.call('POST', '/v1/worker/claim', claimRequest('idle'), api.workerHeaders);
  expect(answer).toMatchObject({ status: 204, body: '' });
});

test('POST /v1/worker/claim names what is wrong with a request', async () => {
  const request = { ...claimRequest('one'), device: { class: 'cpu', name: 'x', threads: 0, memoryBytes: 1 } };
  const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/worker/claim', request);
  expect(errors).toEqual([{ field: 'device.threads', value: 0, allowed: 'an integer in [1, 2147483647]' }]);
});

test('more images classified right than there were are refused wherever a worker sends counts', async () => {
  await startStudy({ trials: 1 });
  const { trialId, attempt } = (await api.ok(
    claim,
    'POST',
    '/v1/worker/claim',
    claimRequest('one'),
    200,
  )) as TrialClaim;
  const pruned = { state: 'PRUNED', attempt, reason: 'slow' };
  for (const [path, body, allowed] of [
    ['finish', completeOf(attempt, { correct: 21 }), 'at most validationImages'],
    ['finish', { ...pruned, measures: { correct: 21, validationImages: 20 } }, /^at most validationImages/],
    ['finish', { ...pruned, measures: { validationImages: 20 } }, /which stands beside it$/],
    ['profile', { attempt, measures: { correct: 20 } }, /which stands beside it$/],
  ] as const) {
    const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', work(trialId, path), body);
    expect(errors).toMatchObject([{ field: 'measures.correct', allowed: expect.stringMatching(allowed) }]);
  }
  await done(work(trialId, 'finish'), { ...pruned, measures: { correct: 20, validationImages: 20 } });
});

test('a trial goes from claim to the front over HTTP', async () => {
  const id = await startStudy({ trials: 1 });
  const request = claimRequest('one');
  const given = await api.ok(claim, 'POST', '/v1/worker/claim', request, 200);
  if (given.kind !== 'trial') throw new Error('expected a trial');
  expect(given).toMatchObject({
    studyId: id,
    number: 0,
    attempt: 1,
    leaseSeconds: 60,
    heartbeatSeconds: 10,
    constraints: [{ metric: 'latencyP95Ms', atMost: 50 }],
    dataset: { name: 'insects', manifestSha256: 'b'.repeat(64), classes: ['ant', 'bee'] },
  });
  expect(await api.ok(claim, 'POST', '/v1/worker/claim', request, 200)).toEqual(given);
  const { trialId, attempt } = given;
  const beat = await api.ok(heartbeatResponse, 'POST', work(trialId, 'heartbeat'), { attempt }, 200);
  expect(beat.cancel).toBe(false);
  expect(Date.parse(beat.leaseUntil)).toBeGreaterThan(Date.now() + 30_000);
  const latencyDevice = { class: 'cuda', name: 'a graphics card' };
  const profile = {
    attempt,
    latencyDevice,
    measures: { latencyP50Ms: 10, latencyP95Ms: 12, sizeBytes: 1000, parameterCount: 250 },
  };
  expect((await api.ok(verdict, 'POST', work(trialId, 'profile'), profile, 200)).action).toBe('continue');
  const reports: EpochReport[] = [reportOf(1, 0.6), reportOf(2, 0.8)];
  for (const report of reports) {
    for (let times = 0; times < 2; times++) {
      const answer = await api.ok(verdict, 'POST', work(trialId, 'report'), { attempt, report }, 200);
      expect(answer).toEqual({ action: 'continue', reason: null });
    }
  }
  for (let times = 0; times < 2; times++) await done(work(trialId, 'finish'), completeOf(attempt));

  const path = `/v1/studies/${id}`;
  const curve = await api.ok(trialCurve, 'GET', `${path}/trials/0/curve`);
  expect(curve).toEqual({ number: 0, reports });
  const result = await api.ok(trial, 'GET', `${path}/trials/0`);
  expect(result).toMatchObject({
    state: 'COMPLETE',
    workerId: 'one',
    device: { class: 'cpu', name: 'two cores' },
    latencyDevice,
    measures: { accuracy: 0.8, latencyP95Ms: 12, sizeBytes: 1000 },
    constraints: [{ metric: 'latencyP95Ms', violation: 12 - 50 }],
    feasible: true,
    onFront: true,
    checkpoint: { sha256: 'c'.repeat(64), bytes: 1000 },
  });
  expect(result.accuracyInterval?.low).toBeCloseTo(0.584, 3); // Wilson, 16 of 20
  const front = await api.ok(paretoFront, 'GET', `${path}/pareto`);
  expect(front).toMatchObject({ considered: 1, feasible: 1, explanation: null, items: [{ rank: 1, trial: result }] });
  const tooFast = await api.ok(paretoFront, 'GET', `${path}/pareto?maxLatencyMs=11`);
  expect(tooFast.items).toEqual([]);
  expect(tooFast.explanation).toContain('latencyP95Ms');
  const finished = await api.ok(study, 'GET', path);
  expect(finished).toMatchObject({
    state: 'COMPLETE',
    bestTrialNumber: 0,
    progress: { finished: 1, total: 1 },
    eta: null,
  });
  expect(finished.finishedAt).not.toBeNull();
  await api.refused(409, 'STUDY_STATE', 'POST', `${path}/resume`);
});

test('POST profile prunes a trial that already violates a constraint', async () => {
  const id = await startStudy();
  const { trialId, attempt, number } = await claimTrial();
  const slow = { attempt, measures: { latencyP50Ms: 90, latencyP95Ms: 99 } };
  const answer = await api.ok(verdict, 'POST', work(trialId, 'profile'), slow, 200);
  expect(answer).toMatchObject({ action: 'prune', reason: expect.stringContaining('latencyP95Ms') });
  await done(work(trialId, 'finish'), { state: 'PRUNED', attempt, reason: answer.reason, measures: slow.measures });
  const shown = await api.ok(trial, 'GET', `/v1/studies/${id}/trials/${number}`);
  expect(shown).toMatchObject({ state: 'PRUNED', pruneReason: answer.reason, feasible: false, onFront: false });
  await stopStudy(id);
});

test('a lost lease is 409 LEASE_LOST for every write, and changes nothing', async () => {
  const id = await startStudy({ trials: 1 });
  const first = await claimTrial('one');
  await done(work(first.trialId, 'release'), { attempt: first.attempt });
  const second = await claimTrial('two');
  expect(second).toMatchObject({ trialId: first.trialId, number: first.number, seed: first.seed });
  expect(second.attempt).toBeGreaterThan(first.attempt);
  const { attempt } = first;
  const writes: [string, object][] = [
    ['heartbeat', { attempt }],
    ['profile', { attempt, measures: { latencyP95Ms: 1, latencyP50Ms: 1 } }],
    ['report', { attempt, report: reportOf(1, 0.99) }],
    ['finish', completeOf(attempt)],
    ['release', { attempt }],
  ];
  for (const [verb, body] of writes) {
    const { detail } = await api.refused(409, 'LEASE_LOST', 'POST', work(first.trialId, verb), body);
    expect(detail).toContain(`attempt ${attempt}`);
  }
  const path = `/v1/studies/${id}/trials/${first.number}`;
  expect(await api.ok(trial, 'GET', path)).toMatchObject({ state: 'RUNNING', workerId: 'two', epoch: 0, measures: {} });
  await done(work(second.trialId, 'finish'), completeOf(second.attempt));
  await api.refused(409, 'LEASE_LOST', 'POST', work(second.trialId, 'heartbeat'), { attempt: second.attempt });
  const missing = work('00000000-0000-4000-8000-000000000000', 'heartbeat');
  await api.refused(409, 'LEASE_LOST', 'POST', missing, { attempt: 1 });
});

test('a second, different report of one epoch is 409 REPORT_CONFLICT', async () => {
  const id = await startStudy({ trials: 1 });
  const { trialId, attempt } = await claimTrial();
  await api.ok(verdict, 'POST', work(trialId, 'report'), { attempt, report: reportOf(1, 0.5) }, 200);
  const other = { attempt, report: reportOf(1, 0.6) };
  await api.refused(409, 'REPORT_CONFLICT', 'POST', work(trialId, 'report'), other);
  await stopStudy(id);
});

test('measures out of range are refused by field', async () => {
  const id = await startStudy({ trials: 1 });
  const { trialId, attempt } = await claimTrial();
  const report = { ...reportOf(1, 80), trainSeconds: -1, extra: 1 };
  const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', work(trialId, 'report'), { attempt, report });
  expect(errors?.slice(0, 2)).toEqual([
    { field: 'report.accuracy', value: 80, allowed: 'a number in [0, 1]' },
    { field: 'report.trainSeconds', value: -1, allowed: 'a number >= 0' },
  ]);
  const lost = await api.refused(400, 'INVALID_INPUT', 'POST', work(trialId, 'finish'), { state: 'DONE', attempt });
  expect(lost.errors).toEqual([{ field: 'state', value: 'DONE', allowed: '"COMPLETE" or "PRUNED" or "FAIL"' }]);
  await stopStudy(id);
});

test('a stopped study tells its workers to cancel', async () => {
  const id = await startStudy();
  const { trialId, attempt, number } = await claimTrial();
  await stopStudy(id);
  expect((await api.ok(heartbeatResponse, 'POST', work(trialId, 'heartbeat'), { attempt }, 200)).cancel).toBe(true);
  const answer = await api.ok(verdict, 'POST', work(trialId, 'report'), { attempt, report: reportOf(1, 0.5) }, 200);
  expect(answer.action).toBe('cancel');
  const cancelled = { state: 'FAIL', attempt, failReason: 'cancelled', message: 'the study was stopped', measures: {} };
  await done(work(trialId, 'finish'), cancelled);
  const shown = await api.ok(trial, 'GET', `/v1/studies/${id}/trials/${number}`);
  expect(shown).toMatchObject({ state: 'FAIL', failReason: 'cancelled', failMessage: 'the study was stopped' });
});

test('trials are sorted by a metric and paged by cursor, each once, those without the metric last', async () => {
  const id = await startStudy({ trials: 7 });
  const accuracies = [0.5, 0.9, 0.7, 0.9, 0.6, 0.8];
  for (const accuracy of accuracies) {
    const { trialId, attempt } = await claimTrial();
    await done(work(trialId, 'finish'), completeOf(attempt, { accuracy, correct: accuracy * 20 }));
  }
  await claimTrial();
  for (const [order, expected] of [
    ['desc', [0.9, 0.9, 0.8, 0.7, 0.6, 0.5, undefined]],
    ['asc', [0.5, 0.6, 0.7, 0.8, 0.9, 0.9, undefined]],
  ] as const) {
    const seen: (number | undefined)[] = [];
    const numbers = new Set<number>();
    let cursor: string | null = '';
    do {
      const next: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const path = `/v1/studies/${id}/trials?sort=accuracy&order=${order}&limit=2${next}`;
      const { items, nextCursor } = await api.ok(page(trial), 'GET', path);
      seen.push(...items.map(({ measures }) => measures.accuracy));
      for (const { number } of items) numbers.add(number);
      cursor = nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(expected);
    expect(numbers.size).toBe(7);
  }
  const feasible = await api.ok(page(trial), 'GET', `/v1/studies/${id}/trials?feasible=true`);
  expect(feasible.items).toHaveLength(6);
  await stopStudy(id);
});

test('GET /v1/workers shows who asked and what each works on', async () => {
  const id = await startStudy({ trials: 1 });
  const given = await claimTrial('busy');
  const { items } = await api.ok(workerList, 'GET', '/v1/workers');
  expect(items.find((worker) => worker.id === 'busy')).toMatchObject({
    alive: true,
    device: {
      ...{ class: 'cpu', index: 0, name: 'two cores', driver: null },
      ...{ threads: 2, memoryBytes: 8_000_000_000 },
    },
    current: expect.stringContaining(String(given.number)),
  });
  expect(items.find((worker) => worker.id === 'idle')?.current).toBeNull();
  await stopStudy(id);
});
