import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LeaseLostError, ReportConflictError } from '#search';
import { makeEpochReport } from '#search/testing';
import { makeCompletion, SearchBench } from '../support/search-bench.js';

let bench: SearchBench;
beforeAll(async () => {
  bench = await SearchBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study CASCADE');
});

describe('claim', () => {
  test('gives every trial to exactly one of many workers that race', async () => {
    const enqueue = Array.from({ length: 12 }, (_, index) => ({
      architecture: 'alexnet',
      retrainDepth: 'shallow' as const,
      learningRate: 0.001,
      epochs: (index % 5) + 1,
    }));
    const study = await bench.createStudy({ trials: 20, enqueue });
    const claims = await Promise.all(Array.from({ length: 32 }, (_, index) => bench.claim(`worker-${index}`)));
    const given = claims.flatMap((claim) => (claim?.kind === 'trial' ? [claim] : []));
    expect(given.map(({ number }) => number).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect(given.every(({ attempt }) => attempt === 1)).toBe(true);
    expect((await bench.useCases.studies.show(study.id)).counts).toMatchObject({ RUNNING: 20, WAITING: 0 });
  });

  test('races of several services never claim one row twice and never deadlock', async () => {
    const { id } = await bench.createStudy({
      trials: 10,
      enqueue: Array.from({ length: 10 }, () => ({
        architecture: 'alexnet',
        retrainDepth: 'deep' as const,
        learningRate: 0.01,
        epochs: 1,
      })),
    });
    const device = { class: 'cpu' as const, index: 0, name: 'test', driver: null, threads: 1, memoryBytes: 1 };
    // Past the use case: nothing but the row locks keeps these apart.
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        bench.storage.queue.claimWaiting(id, {
          workerId: `w${index}`,
          claimRequestId: randomUUID(),
          device,
          leaseSeconds: 60,
        }),
      ),
    );
    const numbers = claims.flatMap((trial) => (trial === null ? [] : [trial.number]));
    expect(new Set(numbers).size).toBe(numbers.length);
    // A row that another is claiming is skipped, not waited for; so a second round takes what the first left.
    let rest = 0;
    while ((await bench.claim('late')) !== null) rest++;
    expect(numbers.length + rest).toBe(10);
  });

  test('gives enqueued points in the order of their numbers', async () => {
    const rates = [0.05, 0.0007, 0.09, 0.003, 0.0002, 0.06, 0.001, 0.02];
    const enqueue = rates.map((learningRate) => ({
      architecture: 'alexnet',
      retrainDepth: 'deep' as const,
      learningRate,
      epochs: 2,
    }));
    await bench.createStudy({ trials: rates.length, enqueue });
    const given: { number: number; learningRate: number }[] = [];
    for (const _ of rates) {
      const { number, parameters } = await bench.claimTrial();
      given.push({ number, learningRate: parameters.learningRate });
    }
    expect(given).toEqual(rates.map((learningRate, number) => ({ number, learningRate })));
  });

  test('shares workers among the studies, however much one of them has enqueued', async () => {
    const point = { architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.01, epochs: 2 } as const;
    const asking = await bench.createStudy({ name: 'asking' });
    const enqueuing = await bench.createStudy({ name: 'enqueuing', trials: 50, enqueue: Array(50).fill(point) });
    const claims = [];
    for (let index = 0; index < 6; index++) claims.push(await bench.claimTrial(`worker-${index}`));
    const given = claims.map(({ studyId }) => studyId);
    expect(given).toEqual([1, 2, 3].flatMap(() => [asking.id, enqueuing.id]));
    // What a worker gives back waits with the other trials of its study.
    await bench.useCases.runTrial.release(claims[0].trialId, 1);
    expect(await bench.claimTrial('late')).toMatchObject({ trialId: claims[0].trialId, attempt: 2 });
  });

  test('two services on one database number their trials apart and keep the limit', async () => {
    const study = await bench.createStudy({ trials: 12 });
    const services = [bench.useCases, bench.otherService()];
    const device = { class: 'cpu' as const, index: 0, name: 'test', driver: null, threads: 1, memoryBytes: 1 };
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        services[index % 2].claimWork.run({ workerId: `w${index}`, claimRequestId: randomUUID(), device }),
      ),
    );
    const numbers = claims.flatMap((claim) => (claim?.kind === 'trial' ? [claim.number] : []));
    expect(numbers.sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
    expect((await bench.useCases.studies.show(study.id)).counts).toMatchObject({ RUNNING: 12, WAITING: 0 });
  });

  test('answers a repeated request with the same claim, and gives new work to a new request', async () => {
    await bench.createStudy();
    const request = randomUUID();
    const first = await bench.claimTrial('worker-1', request);
    expect(await bench.claimTrial('worker-1', request)).toEqual(first);
    expect((await bench.claimTrial('worker-1')).trialId).not.toBe(first.trialId);
  });

  test('answers two equal requests that are under way at once with one claim', async () => {
    const study = await bench.createStudy();
    const request = randomUUID();
    const claims = await Promise.all([1, 2, 3].map(() => bench.claimTrial('worker-1', request)));
    expect(new Set(claims.map(({ trialId }) => trialId)).size).toBe(1);
    expect((await bench.useCases.studies.show(study.id)).counts.RUNNING).toBe(1);
  });

  test('carries everything a worker needs, with a seed that stays with the trial', async () => {
    const study = await bench.createStudy({ constraints: [{ metric: 'latencyP95Ms', atMost: 20 }] });
    const claim = await bench.claimTrial();
    expect(claim).toMatchObject({
      kind: 'trial',
      studyId: study.id,
      studyName: 'insects',
      number: 0,
      attempt: 1,
      leaseSeconds: 60,
      heartbeatSeconds: 10,
      training: study.spec.training,
      constraints: [{ metric: 'latencyP95Ms', atMost: 20 }],
      dataset: { name: 'insects', version: 'a'.repeat(64), manifestSha256: 'b'.repeat(64), classes: ['ants', 'bees'] },
    });
    await bench.useCases.runTrial.release(claim.trialId, 1);
    expect(await bench.claimTrial('worker-2')).toMatchObject({ trialId: claim.trialId, attempt: 2, seed: claim.seed });
  });
});

describe('an attempt that lost its lease', () => {
  test('changes nothing by heartbeat, profile, report, finish or release', async () => {
    await bench.createStudy();
    const old = await bench.claimTrial('worker-a');
    await bench.useCases.runTrial.report(old.trialId, old.attempt, makeEpochReport(1));
    await bench.expire('trial', old.trialId);
    await bench.useCases.reapLeases.run();
    await bench.endBackoff();
    const now = await bench.claimTrial('worker-b');
    expect(now).toMatchObject({ trialId: old.trialId, attempt: 2 });
    await bench.useCases.runTrial.report(now.trialId, now.attempt, makeEpochReport(1, 0.4));

    const before = await bench.snapshot(old.trialId);
    const { runTrial } = bench.useCases;
    const writes = [
      runTrial.heartbeat(old.trialId, old.attempt),
      runTrial.profile(old.trialId, old.attempt, { latencyP95Ms: 1 }),
      runTrial.report(old.trialId, old.attempt, makeEpochReport(1)),
      runTrial.report(old.trialId, old.attempt, makeEpochReport(2)),
      runTrial.finish(old.trialId, old.attempt, makeCompletion()),
      runTrial.release(old.trialId, old.attempt),
    ];
    for (const outcome of await Promise.allSettled(writes)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'LEASE_LOST', attempt: 1 } });
    }
    expect(await bench.snapshot(old.trialId)).toEqual(before);
  });

  test('is refused while the trial waits, and after another attempt has finished it', async () => {
    await bench.createStudy();
    const old = await bench.claimTrial('worker-a');
    await bench.expire('trial', old.trialId);
    await bench.useCases.reapLeases.run();
    await expect(bench.useCases.runTrial.heartbeat(old.trialId, 1)).rejects.toThrow(LeaseLostError);
    await bench.endBackoff();
    await bench.claimTrial('worker-b');
    await bench.useCases.runTrial.finish(old.trialId, 2, makeCompletion({ accuracy: 0.8 }));
    await expect(bench.useCases.runTrial.finish(old.trialId, 1, makeCompletion())).rejects.toThrow(LeaseLostError);
    expect(await bench.trial(old.trialId)).toMatchObject({
      state: 'COMPLETE',
      attempt: 2,
      measures: { accuracy: 0.8 },
    });
  });

  test('keeps it when it comes back before anybody noticed', async () => {
    await bench.createStudy();
    const { trialId, attempt } = await bench.claimTrial();
    await bench.expire('trial', trialId);
    await bench.useCases.runTrial.heartbeat(trialId, attempt);
    expect(await bench.useCases.reapLeases.run()).toMatchObject({ requeuedTrials: 0, failedTrials: 0 });
    expect(await bench.trial(trialId)).toMatchObject({ state: 'RUNNING', attempt: 1 });
  });
});

describe('report', () => {
  test('is recorded once, and repeated without harm', async () => {
    await bench.createStudy();
    const { trialId, attempt, studyId, number } = await bench.claimTrial();
    for (const epoch of [1, 2, 2, 1]) await bench.useCases.runTrial.report(trialId, attempt, makeEpochReport(epoch));
    const { reports } = await bench.useCases.trials.curve(studyId, number);
    expect(reports).toEqual([makeEpochReport(1), makeEpochReport(2)]);
    expect(await bench.trial(trialId)).toMatchObject({ epoch: 2, measures: { accuracy: makeEpochReport(2).accuracy } });
  });

  test('is refused with other values for the same epoch, and nothing changes', async () => {
    await bench.createStudy();
    const { trialId, attempt } = await bench.claimTrial();
    await bench.useCases.runTrial.report(trialId, attempt, makeEpochReport(1, 0.5));
    const other = bench.useCases.runTrial.report(trialId, attempt, makeEpochReport(1, 0.6));
    await expect(other).rejects.toThrow(ReportConflictError);
    expect(await bench.trial(trialId)).toMatchObject({ state: 'RUNNING', measures: { accuracy: 0.5 } });
  });

  test('of an earlier attempt is not part of the curve of the next', async () => {
    await bench.createStudy();
    const first = await bench.claimTrial();
    await bench.useCases.runTrial.report(first.trialId, 1, makeEpochReport(1));
    await bench.useCases.runTrial.profile(first.trialId, 1, { latencyP95Ms: 9 });
    await bench.useCases.runTrial.release(first.trialId, 1);
    const second = await bench.claimTrial();
    expect(second.trialId).toBe(first.trialId);
    expect(await bench.storage.trials.curve(first.trialId)).toEqual([]);
    expect(await bench.trial(first.trialId)).toMatchObject({ epoch: 0, measures: {} });
  });
});

describe('finish', () => {
  test('is idempotent: the same content is answered alike, other content is refused', async () => {
    await bench.createStudy();
    const { trialId, attempt, studyId } = await bench.claimTrial();
    const { runTrial } = bench.useCases;
    const recorded = await runTrial.finish(trialId, attempt, makeCompletion());
    const before = await bench.snapshot(trialId);
    expect(await runTrial.finish(trialId, attempt, makeCompletion())).toEqual(recorded);
    await expect(runTrial.finish(trialId, attempt, makeCompletion({ accuracy: 0.99 }))).rejects.toThrow(LeaseLostError);
    expect(await bench.snapshot(trialId)).toEqual(before);
    const events = await bench.useCases.studies.events(studyId, 0);
    expect(events.filter(({ event }) => event.type === 'trial.finished')).toHaveLength(1);
  });

  test('racing the reaper ends in one of the two, never in a mixture', async () => {
    await bench.createStudy({ trials: 40, maxAttempts: 1 });
    for (let round = 0; round < 20; round++) {
      const { trialId } = await bench.claimTrial();
      await bench.expire('trial', trialId);
      const [finished] = await Promise.allSettled([
        bench.useCases.runTrial.finish(trialId, 1, makeCompletion()),
        bench.useCases.reapLeases.run(),
      ]);
      const { state, checkpoint, failReason } = await bench.trial(trialId);
      if (finished.status === 'fulfilled')
        expect({ state, failReason }).toEqual({ state: 'COMPLETE', failReason: null });
      else
        expect({ state, checkpoint, failReason }).toEqual({
          state: 'FAIL',
          checkpoint: null,
          failReason: 'lease_expired',
        });
    }
  });
});

describe('reaper', () => {
  test('requeues an expired trial until its last attempt, then fails it as poisoned', async () => {
    const study = await bench.createStudy({ trials: 1, maxAttempts: 3 });
    const states: string[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      const claim = await bench.claimTrial(`worker-${attempt}`);
      expect(claim).toMatchObject({ number: 0, attempt });
      await bench.expire('trial', claim.trialId);
      await bench.useCases.reapLeases.run();
      const trial = await bench.trial(claim.trialId);
      states.push(`${trial.state} ${trial.failReason}`);
      await bench.endBackoff();
    }
    expect(states).toEqual(['WAITING null', 'WAITING null', 'FAIL poisoned']);
    expect(await bench.claim()).toBeNull();
    expect((await bench.useCases.studies.show(study.id)).state).toBe('COMPLETE');
  });

  test('leaves live leases alone, and two at once requeue each trial once', async () => {
    await bench.createStudy();
    const alive = await bench.claimTrial();
    const dead = await bench.claimTrial();
    await bench.expire('trial', dead.trialId);
    const sweeps = await Promise.all([1, 2, 3].map(() => bench.useCases.reapLeases.run()));
    expect(sweeps.reduce((sum, { requeuedTrials }) => sum + requeuedTrials, 0)).toBe(1);
    expect((await bench.trial(alive.trialId)).state).toBe('RUNNING');
    const rows = await bench.database.dataSource.query('SELECT expiries FROM trial WHERE id = $1', [dead.trialId]);
    expect(rows).toEqual([{ expiries: 1 }]);
  });

  test('pauses a requeued trial before it may be claimed again', async () => {
    await bench.createStudy({ trials: 1 });
    const { trialId } = await bench.claimTrial();
    await bench.expire('trial', trialId);
    await bench.useCases.reapLeases.run();
    const [{ paused }] = await bench.database.dataSource.query('SELECT run_at > now() AS paused FROM trial');
    expect(paused).toBe(true);
    expect((await bench.trial(trialId)).workerId).toBeNull();
  });
});

test('release does not count as a lost worker, and its attempt number is never given again', async () => {
  await bench.createStudy({ trials: 1, maxAttempts: 2 });
  for (let attempt = 1; attempt <= 5; attempt++) {
    const claim = await bench.claimTrial();
    expect(claim.attempt).toBe(attempt);
    await bench.useCases.runTrial.release(claim.trialId, attempt);
    await expect(bench.useCases.runTrial.release(claim.trialId, attempt)).rejects.toThrow(LeaseLostError);
  }
  const last = await bench.claimTrial();
  await bench.expire('trial', last.trialId);
  await bench.useCases.reapLeases.run();
  expect(await bench.trial(last.trialId)).toMatchObject({ state: 'WAITING', failReason: null });
});
