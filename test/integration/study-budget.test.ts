import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInputError } from '#primitives';
import type { StudySpec, TrialClaim } from '#search';
import { makeEpochReport } from '#search/testing';
import { makeCompletion, SearchBench } from '../support/search-bench.js';

let bench: SearchBench;
beforeAll(async () => {
  bench = await SearchBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study, worker, training_cost, preparation CASCADE');
});

const device = { class: 'cpu', name: 'test' };

const searchSpace: StudySpec['searchSpace'] = {
  architecture: ['resnet18'],
  retrainDepth: ['deep'],
  learningRate: { low: 0.001, high: 0.01 },
  epochs: [1, 2, 4],
};

/** Reports epochs that took so long, and makes the trial `seconds` old. */
async function train(claim: TrialClaim, epochs: number, seconds: number, trainSeconds = 4): Promise<void> {
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await bench.useCases.runTrial.report(claim.trialId, claim.attempt, { ...makeEpochReport(epoch), trainSeconds });
  }
  await bench.database.dataSource.query(`UPDATE trial SET started_at = now() - $2 * interval '1 s' WHERE id = $1`, [
    claim.trialId,
    seconds,
  ]);
}

/** Puts the end of a study's time so many seconds from now, its reserve included. */
async function endIn(studyId: string, seconds: number): Promise<void> {
  await bench.database.dataSource.query(
    `UPDATE study SET ends_at = now() + $2 * interval '1 s' + reserve_seconds * interval '1 s' WHERE id = $1`,
    [studyId, seconds],
  );
}

describe('the record of a device', () => {
  test('holds what trials took a picture and besides, the first one apart, as their finishes add it', async () => {
    await bench.createStudy({ searchSpace: { ...searchSpace, epochs: [2] } });
    for (const [seconds, trainSeconds] of [
      [20, 4],
      [14, 4],
      [28, 8],
    ] as const) {
      const claim = await bench.claimTrial();
      await train(claim, 2, seconds, trainSeconds);
      await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, makeCompletion());
    }
    const [record, ...others] = await bench.storage.costs.ofDevice(device);
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      ...{
        architecture: 'resnet18',
        retrainDepth: 'deep',
        imageSize: 64,
        batchSize: 16,
        datasetVersion: 'a'.repeat(64),
      },
      ...{ device: { ...device, threads: 2, runtime: '' }, pictures: 398 },
    });
    const logs = [4, 4, 8].map((seconds) => Math.log(seconds / 245));
    const mean = logs.reduce((a, b) => a + b) / 3;
    expect(record.trainPerPicture.count).toBe(3);
    expect(record.trainPerPicture.mean).toBeCloseTo(mean, 9);
    expect(record.trainPerPicture.squares).toBeCloseTo(
      logs.reduce((sum, log) => sum + (log - mean) ** 2, 0),
      9,
    );
    expect(Math.exp(record.evaluationPerPicture.mean)).toBeCloseTo(1 / 153, 6);
    // 20 s less two epochs of 4 + 1 s; then 4 and 10 s besides.
    expect(record.firstFixed).toBeCloseTo(10, 0);
    expect(record.fixed.count).toBe(2);
    expect(Math.exp(record.fixed.mean)).toBeCloseTo(Math.sqrt(4 * 10), 0);
  });

  test('learns nothing of trials that failed or made no epoch, and a repeated finish counts once', async () => {
    await bench.createStudy({ searchSpace: { ...searchSpace, epochs: [2] }, maxAttempts: 1 });
    const failed = await bench.claimTrial();
    await train(failed, 1, 10);
    const outcome = { state: 'FAIL', failReason: 'error', message: 'no', measures: {} } as const;
    await bench.useCases.runTrial.finish(failed.trialId, 1, outcome);
    const pruned = await bench.claimTrial();
    await bench.useCases.runTrial.finish(pruned.trialId, 1, { state: 'PRUNED', reason: 'slow', measures: {} });
    expect(await bench.storage.costs.ofDevice(device)).toEqual([]);
    const good = await bench.claimTrial();
    await train(good, 2, 10);
    for (let times = 0; times < 2; times++) await bench.useCases.runTrial.finish(good.trialId, 1, makeCompletion());
    expect((await bench.storage.costs.ofDevice(device))[0].trainPerPicture.count).toBe(1);
  });
});

describe('a study whose time is over', () => {
  test('ends running trials with their next report, but lets one finish that has made its last epoch', async () => {
    const study = await bench.createStudy({
      searchSpace: { ...searchSpace, epochs: [2] },
      budget: { wallClockSeconds: 3600 },
    });
    const [early, last] = [await bench.claimTrial('w1'), await bench.claimTrial('w2')];
    const { runTrial, studies } = bench.useCases;
    expect((await runTrial.report(last.trialId, 1, makeEpochReport(1))).action).toBe('continue');
    await endIn(study.id, -1);
    expect(await runTrial.report(early.trialId, 1, makeEpochReport(1))).toEqual({
      action: 'prune',
      reason: 'the time budget of the study is used up',
    });
    expect((await runTrial.report(last.trialId, 1, makeEpochReport(2))).action).toBe('continue');
    await runTrial.finish(early.trialId, 1, { state: 'PRUNED', reason: 'over', measures: {} });
    expect(await bench.storage.trials.curve(early.trialId)).toHaveLength(1);
    await runTrial.finish(last.trialId, 1, makeCompletion());
    expect(await studies.show(study.id)).toMatchObject({ state: 'COMPLETE', counts: { PRUNED: 1, COMPLETE: 1 } });
  });

  test('cancels with its next heartbeat a trial that has no epoch to keep, and no other', async () => {
    const study = await bench.createStudy({ searchSpace, budget: { wallClockSeconds: 3600 } });
    const [starting, training] = [await bench.claimTrial('w1'), await bench.claimTrial('w2')];
    const { runTrial } = bench.useCases;
    await runTrial.report(training.trialId, 1, makeEpochReport(1));
    expect((await runTrial.heartbeat(starting.trialId, 1)).cancel).toBe(false);
    await endIn(study.id, -1);
    expect((await runTrial.heartbeat(starting.trialId, 1)).cancel).toBe(true);
    expect((await runTrial.heartbeat(training.trialId, 1)).cancel).toBe(false);
  });

  test('begins nothing, cancels what waits, what had begun as well, and ends a trial before it is trained', async () => {
    const waiting = { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.005, epochs: 1 } as const;
    const study = await bench.createStudy({
      searchSpace,
      budget: { wallClockSeconds: 3600 },
      enqueue: [waiting, waiting, waiting],
    });
    const [given, held] = [await bench.claimTrial('w1'), await bench.claimTrial('w2')];
    await bench.useCases.runTrial.release(given.trialId, 1);
    await endIn(study.id, -1);
    expect(await bench.claim()).toBeNull();
    const verdict = await bench.useCases.runTrial.profile(held.trialId, 1, { latencyP95Ms: 1, latencyP50Ms: 1 });
    expect(verdict.action).toBe('prune');
    await bench.useCases.runTrial.finish(held.trialId, 1, { state: 'PRUNED', reason: 'over', measures: {} });
    const shown = await bench.useCases.studies.show(study.id);
    expect(shown).toMatchObject({ state: 'COMPLETE', cancelled: 2, progress: { finished: 1 } });
    expect((await bench.trial(given.trialId)).failReason).toBe('cancelled');
  });

  test('is completed by the sweep where nothing runs, waiting trials or not', async () => {
    const waiting = { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.005, epochs: 1 } as const;
    const study = await bench.createStudy({ searchSpace, budget: { wallClockSeconds: 3600 }, enqueue: [waiting] });
    await bench.useCases.reapLeases.run();
    expect((await bench.useCases.studies.show(study.id)).state).toBe('RUNNING');
    await endIn(study.id, -1);
    expect((await bench.useCases.reapLeases.run()).completedStudies).toBe(1);
    expect(await bench.useCases.studies.show(study.id)).toMatchObject({ state: 'COMPLETE', cancelled: 1 });
  });

  test('keeps the time for the export back: as much as exports took, a fifth at the most', async () => {
    const study = await bench.createStudy({ searchSpace, budget: { wallClockSeconds: 100 } });
    expect(study.reserveSeconds).toBe(20);
    const seconds = ((study.endsAt as Date).getTime() - study.createdAt.getTime()) / 1000;
    expect(seconds).toBeCloseTo(100, 3);
    await endIn(study.id, -0.001);
    expect((await bench.useCases.studies.show(study.id)).timedOut).toBe(true);
  });
});

test('budget.trainSeconds: what workers computed ends the study, running trials included', async () => {
  const study = await bench.createStudy({
    searchSpace: { ...searchSpace, epochs: [4] },
    budget: { trainSeconds: 30 },
    trials: 100,
  });
  const first = await bench.claimTrial();
  await train(first, 4, 20);
  await bench.useCases.runTrial.finish(first.trialId, 1, makeCompletion({ trainSeconds: 16 }));
  expect((await bench.useCases.studies.show(study.id)).spentTrainSeconds).toBeCloseTo(16, 9);
  const second = await bench.claimTrial();
  const actions: string[] = [];
  for (let epoch = 1; epoch <= 3; epoch++) {
    const report = { ...makeEpochReport(epoch), trainSeconds: 5 };
    actions.push((await bench.useCases.runTrial.report(second.trialId, 1, report)).action);
  }
  // 16 + 5 + 5 of 30 are used after the second epoch, 31 after the third.
  expect(actions).toEqual(['continue', 'continue', 'prune']);
  expect(await bench.claim('w2')).toBeNull();
});

describe('a study whose time is nearly over', () => {
  /** Ten seconds an epoch and two besides are on record. */
  async function record(): Promise<void> {
    const study = await bench.createStudy({ searchSpace: { ...searchSpace, epochs: [2] }, trials: 2 });
    for (const _ of [1, 2]) {
      const claim = await bench.claimTrial();
      await train(claim, 2, 22, 9);
      await bench.useCases.runTrial.finish(claim.trialId, 1, makeCompletion());
    }
    expect((await bench.useCases.studies.show(study.id)).state).toBe('COMPLETE');
  }

  test('shortens a trial to the epochs that fit, and ends when none can finish any more', async () => {
    await record();
    const study = await bench.createStudy({
      searchSpace: { ...searchSpace, epochs: [2, 4] },
      budget: { wallClockSeconds: 3600 },
      trials: 100,
    });
    await endIn(study.id, 30);
    const claim = await bench.claimTrial();
    expect(claim.parameters.epochs).toBe(2);
    // Another worker cannot finish anything, but the one that trains may still be quicker than predicted.
    await endIn(study.id, 8);
    expect(await bench.claim('w2')).toBeNull();
    expect((await bench.useCases.studies.show(study.id)).trialLimit).toBe(100);
    await train(claim, 2, 22);
    await bench.useCases.runTrial.finish(claim.trialId, 1, makeCompletion());
    expect(await bench.claim()).toBeNull();
    expect(await bench.useCases.studies.show(study.id)).toMatchObject({ state: 'COMPLETE', trialLimit: 1 });
  });

  test('gives out no waiting trial that cannot finish its first epoch', async () => {
    await record();
    const waiting = { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.005, epochs: 4 } as const;
    const study = await bench.createStudy({ searchSpace, budget: { wallClockSeconds: 3600 }, enqueue: [waiting] });
    await endIn(study.id, 5);
    expect(await bench.claim()).toBeNull();
    await endIn(study.id, 20);
    expect((await bench.claim())?.kind).toBe('trial');
  });
});

test('createStudy names every wrong field of a budget beside the other ones', async () => {
  const asked = bench.createStudy({ maxAttempts: 0, budget: { trials: 3, deadline: '2020-01-01T00:00:00Z' } });
  const error = await asked.then(
    () => null,
    (reason: unknown) => reason as InvalidInputError,
  );
  expect(error).toBeInstanceOf(InvalidInputError);
  expect(error?.problems.map(({ field }) => field)).toEqual(['maxAttempts', 'budget.trials', 'budget.deadline']);
});

describe('a plan', () => {
  test('names what a profile on record rules out, and what is still to be measured', async () => {
    const spec = {
      searchSpace: { ...searchSpace, architecture: ['alexnet', 'resnet18'] },
      constraints: [{ metric: 'latencyP95Ms' as const, atMost: 20 }],
      trials: 10,
    };
    const { spec: stored } = await bench.createStudy(spec);
    const claim = await bench.claimOn({ runtime: 'onnxruntime 1' });
    if (claim?.kind !== 'profile') throw new Error('Expected a profile to claim');
    const before = await bench.useCases.planStudy.run(stored);
    expect(before.preparations.map(({ kind, architecture }) => [kind, architecture])).toEqual([
      ['profile', 'alexnet'],
      ['profile', 'resnet18'],
    ]);
    const latencies = claim.batches.map((batch) => ({ batch, p50Ms: 31, p95Ms: 33, p99Ms: 35, repeats: 50 }));
    const profile = { latencies, sizeBytes: 1000, parameterCount: 250, peakMemoryBytes: 1e6 };
    await bench.useCases.preparations.finish(claim.preparationId, claim.attempt, { state: 'COMPLETE', profile });
    const plan = await bench.useCases.planStudy.run(stored);
    expect(plan.ruledOut).toEqual([{ architecture: 'alexnet', constraint: stored.constraints[0], value: 33 }]);
    expect(plan.preparations.map(({ architecture }) => architecture)).toEqual(['resnet18']);
    expect(plan.candidates.map(({ architecture }) => architecture)).toEqual(['resnet18']);
  });

  test('stores nothing, names the source of its figures, and what ends it', async () => {
    const spec = { searchSpace: { ...searchSpace, epochs: [2] }, trials: 10 };
    const study = await bench.createStudy(spec);
    const { spec: stored } = study;
    const before = await bench.useCases.planStudy.run(stored);
    expect(before).toMatchObject({
      workers: { alive: 0 },
      candidates: [{ source: 'guess' }],
      limit: 'trials',
      trials: 10,
    });
    for (const _ of [1, 2]) {
      const claim = await bench.claimTrial();
      await train(claim, 2, 22, 9);
      await bench.useCases.runTrial.finish(claim.trialId, 1, makeCompletion());
    }
    const plan = await bench.useCases.planStudy.run(stored);
    expect(plan).toMatchObject({
      ...{ trials: 10, epochs: 20, limit: 'trials' },
      workers: { alive: 1, devices: [{ ...device, threads: 2, workers: 1 }] },
      candidates: [{ architecture: 'resnet18', retrainDepth: 'deep', source: 'record' }],
    });
    expect(plan.candidates[0].epoch.seconds).toBeCloseTo(10, 6);
    expect(plan.duration.seconds / (10 * 22)).toBeCloseTo(1, 1);
    expect(plan.duration.low).toBeLessThan(plan.duration.seconds);
    const short = await bench.useCases.planStudy.run({ ...stored, trials: 100, budget: { wallClockSeconds: 100 } });
    expect(short).toMatchObject({ limit: 'wallClockSeconds', reserveSeconds: 20 });
    expect(short.duration.high).toBeLessThanOrEqual(80 + 15);
    expect((await bench.useCases.studies.list({ limit: 10 })).items).toHaveLength(1);
  });
});
