import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInputError } from '#primitives';
import { NoFeasibleTrialError, rankTrials, type StudyEvent, StudyStateError, TrialNotExportableError } from '#search';
import { makeEpochReport, makeStudySpec, makeTrialMeasures } from '#search/testing';
import { exportVerification } from '../support/fake-work.js';
import { makeCompletion, SearchBench } from '../support/search-bench.js';

let bench: SearchBench;
beforeAll(async () => {
  bench = await SearchBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study, worker CASCADE');
});

async function eventsOf(studyId: string): Promise<StudyEvent[]> {
  return (await bench.useCases.studies.events(studyId, 0)).map(({ event }) => event);
}

const cancelled = { state: 'FAIL', failReason: 'cancelled', message: 'stopped', measures: {} } as const;

describe('CreateStudy.run()', () => {
  test('names every wrong field with its value and what is allowed, and stores nothing', async () => {
    const spec = makeStudySpec({
      datasetId: '00000000-0000-4000-8000-000000000000',
      searchSpace: {
        architecture: ['alexnet', 'lenet'],
        retrainDepth: ['deep'],
        learningRate: { low: 0.1, high: 0.01 },
        epochs: [1, 2],
      },
      sampler: { name: 'oracle', options: {} },
      enqueue: [{ architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.1, epochs: 3 }],
    });
    const error = await bench.useCases.createStudy.run(spec).catch((reason) => reason);
    expect(error).toBeInstanceOf(InvalidInputError);
    const fields = (error as InvalidInputError).problems.map(({ field }) => field);
    expect(fields).toEqual([
      'datasetId',
      'searchSpace.architecture[1]',
      'searchSpace.learningRate.high',
      'sampler.name',
    ]);
    expect((await bench.useCases.studies.list({ limit: 10 })).items).toEqual([]);
  });

  test('refuses a dataset that is still being imported', async () => {
    const { id } = await bench.useCases.datasets.begin({ name: 'new', path: '/new', validationFraction: 0.2, seed: 1 });
    await expect(bench.createStudy({ datasetId: id })).rejects.toThrow('READY (this one is IMPORTING)');
  });
});

describe('a study', () => {
  test('runs its enqueued points first, then as many trials of the sampler as it was asked for, and is COMPLETE', async () => {
    const point = { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01, epochs: 3 } as const;
    const study = await bench.createStudy({ trials: 4, enqueue: [point] });
    expect(await bench.claimTrial().then(({ trialId, parameters }) => ({ trialId, parameters }))).toMatchObject({
      parameters: point,
    });
    for (let index = 0; index < 3; index++) await bench.complete();
    expect(await bench.claim()).toBeNull();
    const [open] = (await bench.useCases.trials.list(study.id, { limit: 10, state: 'RUNNING' })).items;
    await bench.useCases.runTrial.finish(open.id, open.attempt, makeCompletion());
    expect(await bench.useCases.studies.show(study.id)).toMatchObject({
      state: 'COMPLETE',
      progress: { finished: 4, total: 4 },
      counts: { COMPLETE: 4, RUNNING: 0, WAITING: 0 },
      eta: null,
    });
    expect((await eventsOf(study.id)).at(-1)).toEqual({ type: 'study.state', state: 'COMPLETE' });
  });

  test('proposes the same parameters for the same seed', async () => {
    const proposals: unknown[] = [];
    for (let round = 0; round < 2; round++) {
      await bench.createStudy({ sampler: { name: 'tpe', options: { startupTrials: 3 } }, trials: 8 });
      const parameters: unknown[] = [];
      for (let index = 0; index < 8; index++) {
        const claim = await bench.claimTrial();
        parameters.push(claim.parameters);
        const accuracy = 0.5 + index / 20;
        await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, makeCompletion({ accuracy }));
      }
      proposals.push(parameters);
    }
    expect(proposals[1]).toEqual(proposals[0]);
  });

  test('stopped: gives out nothing, cancels what runs, and goes on with other trials when it is resumed', async () => {
    const study = await bench.createStudy({ trials: 3 });
    const running = await bench.claimTrial('worker-1');
    const other = await bench.claimTrial('worker-2');
    expect((await bench.useCases.studies.stop(study.id)).state).toBe('STOPPED');
    expect(await bench.claim('worker-3')).toBeNull();
    const { runTrial } = bench.useCases;
    expect(await runTrial.heartbeat(running.trialId, 1)).toMatchObject({ cancel: true });
    expect(await runTrial.profile(running.trialId, 1, { latencyP95Ms: 9 })).toMatchObject({ action: 'cancel' });
    expect(await runTrial.report(running.trialId, 1, makeEpochReport(1))).toMatchObject({ action: 'cancel' });
    await runTrial.finish(running.trialId, 1, cancelled);
    await runTrial.finish(other.trialId, 1, cancelled);
    expect(await bench.useCases.studies.show(study.id)).toMatchObject({
      state: 'STOPPED',
      progress: { finished: 0, total: 3 },
    });
    expect((await bench.useCases.studies.resume(study.id)).state).toBe('RUNNING');
    const numbers = [await bench.complete(), await bench.complete(), await bench.complete()].map(
      ({ number }) => number,
    );
    expect(numbers).toEqual([2, 3, 4]);
    expect((await bench.useCases.studies.show(study.id)).state).toBe('COMPLETE');
  });

  test('may be stopped and resumed twice alike, but not once it is COMPLETE', async () => {
    const study = await bench.createStudy({ trials: 1 });
    const { studies } = bench.useCases;
    await studies.stop(study.id);
    await studies.stop(study.id);
    await studies.resume(study.id);
    await studies.resume(study.id);
    await bench.complete();
    await expect(studies.stop(study.id)).rejects.toThrow(StudyStateError);
    await expect(studies.resume(study.id)).rejects.toMatchObject({ code: 'STUDY_STATE', state: 'COMPLETE' });
    const states = (await eventsOf(study.id)).flatMap((event) => (event.type === 'study.state' ? [event.state] : []));
    expect(states).toEqual(['RUNNING', 'STOPPED', 'RUNNING', 'COMPLETE']);
  });

  test('past its timeout begins nothing, lets running trials finish, and cancels those that wait', async () => {
    const point = { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01, epochs: 3 } as const;
    const study = await bench.createStudy({ trials: 5, timeoutSeconds: 3600, enqueue: [point, point] });
    const { trialId } = await bench.claimTrial();
    await bench.database.dataSource.query(`UPDATE study SET created_at = now() - interval '2 hours'`);
    expect(await bench.claim()).toBeNull();
    await bench.useCases.reapLeases.run();
    expect((await bench.useCases.studies.show(study.id)).state).toBe('RUNNING');
    await bench.useCases.runTrial.finish(trialId, 1, makeCompletion());
    const shown = await bench.useCases.studies.show(study.id);
    expect(shown).toMatchObject({ state: 'COMPLETE', counts: { COMPLETE: 1, FAIL: 1, WAITING: 0 }, cancelled: 1 });
  });

  test('past its timeout with nothing open is completed by the sweep', async () => {
    const study = await bench.createStudy({ trials: 5, timeoutSeconds: 3600 });
    await bench.database.dataSource.query(`UPDATE study SET created_at = now() - interval '2 hours'`);
    expect(await bench.useCases.reapLeases.run()).toMatchObject({ completedStudies: 1 });
    expect((await bench.useCases.studies.show(study.id)).state).toBe('COMPLETE');
  });

  test('ends when a finite search space is used up', async () => {
    const study = await bench.createStudy({
      trials: 50,
      sampler: { name: 'tpe', options: {} },
      searchSpace: {
        architecture: ['alexnet', 'resnet18'],
        retrainDepth: ['shallow', 'deep'],
        learningRate: { low: 0.01, high: 0.01 },
        epochs: [3],
      },
    });
    for (let index = 0; index < 3; index++) await bench.complete();
    const last = await bench.claimTrial();
    expect(await bench.claim()).toBeNull();
    expect((await bench.useCases.studies.show(study.id)).state).toBe('RUNNING');
    await bench.useCases.runTrial.finish(last.trialId, 1, makeCompletion());
    expect(await bench.useCases.studies.show(study.id)).toMatchObject({
      state: 'COMPLETE',
      progress: { finished: 4, total: 4 },
    });
  });

  test('predicts its end from what finished trials took and who is alive', async () => {
    const study = await bench.createStudy({ trials: 4 });
    expect((await bench.useCases.studies.show(study.id)).eta).toBeNull();
    const claims = [await bench.claimTrial(), await bench.claimTrial('worker-2')];
    for (const { trialId, parameters } of claims) {
      for (let epoch = 1; epoch <= parameters.epochs; epoch++) {
        const report = { ...makeEpochReport(epoch), trainSeconds: 90 / parameters.epochs, evaluationSeconds: 0.1 };
        await bench.useCases.runTrial.report(trialId, 1, report);
      }
      await bench.database.dataSource.query(`UPDATE trial SET started_at = now() - interval '100 s' WHERE id = $1`, [
        trialId,
      ]);
      await bench.useCases.runTrial.finish(trialId, 1, makeCompletion());
    }
    const two = await bench.useCases.studies.show(study.id);
    expect(two.eta?.trials).toBe(4);
    expect(two.eta?.secondsRemaining).toBeGreaterThan(20);
    expect(two.eta?.low).toBeLessThan(two.eta?.secondsRemaining as number);
    expect(two.eta?.high).toBeGreaterThan(two.eta?.secondsRemaining as number);
    await bench.database.dataSource.query(`UPDATE worker SET last_seen_at = now() - interval '1 hour'`);
    expect((await bench.useCases.studies.show(study.id)).eta).toBeNull();
  });

  test('prunes a trial whose profile violates a constraint, and one that the pruner gives up', async () => {
    const study = await bench.createStudy({
      constraints: [{ metric: 'latencyP95Ms', atMost: 20 }],
      pruner: { name: 'median', options: { startupTrials: 2 } },
      searchSpace: {
        architecture: ['alexnet'],
        retrainDepth: ['deep'],
        learningRate: { low: 0.001, high: 0.01 },
        epochs: [4],
      },
    });
    const { runTrial } = bench.useCases;
    const slow = await bench.claimTrial();
    const verdict = await runTrial.profile(slow.trialId, 1, { latencyP95Ms: 31.25, latencyP50Ms: 30 });
    expect(verdict).toEqual({ action: 'prune', reason: 'latencyP95Ms is 31.25, must be at most 20' });
    await runTrial.finish(slow.trialId, 1, { state: 'PRUNED', reason: verdict.reason as string, measures: {} });
    expect(await bench.trial(slow.trialId)).toMatchObject({
      state: 'PRUNED',
      feasible: false,
      constraints: [{ metric: 'latencyP95Ms', violation: 11.25 }],
    });
    for (let index = 0; index < 3; index++) {
      const good = await bench.claimTrial();
      await runTrial.profile(good.trialId, 1, { latencyP95Ms: 10 });
      for (const epoch of [1, 2]) {
        expect(await runTrial.report(good.trialId, 1, makeEpochReport(epoch, 0.8))).toEqual({
          action: 'continue',
          reason: null,
        });
      }
      await runTrial.finish(good.trialId, 1, makeCompletion({ accuracy: 0.8, latencyP95Ms: 10 }));
    }
    const bad = await bench.claimTrial();
    await runTrial.profile(bad.trialId, 1, { latencyP95Ms: 12 });
    expect(await runTrial.report(bad.trialId, 1, makeEpochReport(1, 0.3))).toMatchObject({
      action: 'prune',
      reason: expect.stringContaining('accuracy 0.3 at epoch 1 is below the median 0.8'),
    });
    expect((await bench.useCases.studies.show(study.id)).state).toBe('RUNNING');
  });
});

test('a sampler learns from how far pruned trials came, with two objectives as well', async () => {
  const rates = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 0.0002 : 0.05) * (1 + index / 50));
  const proposed: number[] = [];
  for (const isSlowBetter of [true, false]) {
    await bench.createStudy({
      trials: rates.length + 1,
      enqueue: rates.map((learningRate) => ({
        architecture: 'alexnet',
        retrainDepth: 'deep',
        learningRate,
        epochs: 5,
      })),
      sampler: { name: 'tpe', options: { startupTrials: 1 } },
    });
    for (const rate of rates) {
      const { trialId, attempt } = await bench.claimTrial();
      const epochs = rate < 0.01 === isSlowBetter ? 4 : 1;
      for (let epoch = 1; epoch <= epochs; epoch++) {
        await bench.useCases.runTrial.report(trialId, attempt, makeEpochReport(epoch));
      }
      await bench.useCases.runTrial.finish(trialId, attempt, { state: 'PRUNED', reason: 'slow', measures: {} });
    }
    proposed.push((await bench.claimTrial()).parameters.learningRate);
  }
  expect(proposed[0]).toBeLessThan(0.001);
  expect(proposed[1]).toBeGreaterThan(0.01);
});

test('a study whose sampler throws is told of and passed over, its waiting trials are not', async () => {
  const failed: { studyId: string; error: unknown }[] = [];
  const { claimWork } = bench.otherService({ onFailedAsk: (studyId, error) => failed.push({ studyId, error }) });
  const device = { class: 'cpu' as const, index: 0, name: 'test', driver: null, threads: 1, memoryBytes: 1 };
  const claim = (workerId: string) => claimWork.run({ workerId, claimRequestId: randomUUID(), device });
  const point = { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01, epochs: 3 } as const;
  const broken = await bench.createStudy({ name: 'broken', enqueue: [point] });
  // What an older version would have stored: a sampler that this one does not know.
  await bench.database.dataSource.query(`UPDATE study SET spec = jsonb_set(spec, '{sampler,name}', '"gone"')`);
  expect(await claim('one')).toMatchObject({ studyId: broken.id, number: 0 });
  expect(await claim('two')).toBeNull();
  expect(failed).toMatchObject([{ studyId: broken.id, error: { message: expect.stringContaining('gone') } }]);
  const sound = await bench.createStudy({ name: 'sound' });
  for (const worker of ['three', 'four', 'five']) expect(await claim(worker)).toMatchObject({ studyId: sound.id });
  expect((await bench.useCases.studies.show(broken.id)).counts).toMatchObject({ RUNNING: 1, WAITING: 0 });
});

test('a pruner is given the other trials at the last reported epoch, a sampler the last point of the pruned ones', async () => {
  const study = await bench.createStudy();
  const { runTrial } = bench.useCases;
  const long = await bench.claimTrial();
  for (const epoch of [1, 2, 3]) await runTrial.report(long.trialId, 1, makeEpochReport(epoch, 0.5 + epoch / 10));
  await runTrial.finish(long.trialId, 1, makeCompletion());
  const short = await bench.claimTrial();
  await runTrial.report(short.trialId, 1, makeEpochReport(1, 0.55));
  await runTrial.finish(short.trialId, 1, makeCompletion());
  const pruned = await bench.claimTrial();
  for (const epoch of [1, 2]) await runTrial.report(pruned.trialId, 1, makeEpochReport(epoch, epoch / 5));
  await runTrial.finish(pruned.trialId, 1, { state: 'PRUNED', reason: 'slow', measures: {} });
  const curves = (trials: readonly { number: number; curve: unknown }[]) => trials.map(({ curve }) => curve);
  const { trials } = bench.storage;
  expect(curves(await trials.completeAtEpoch(study.id, 2))).toEqual([[[2, 0.7]], []]);
  expect(curves(await trials.completeAtEpoch(study.id, 1))).toEqual([[[1, 0.6]], [[1, 0.55]]]);
  expect(curves(await trials.history(study.id))).toEqual([[], [], [[2, 0.4]]]);
});

test('a pruner that compares curves is given those of every trial that has begun, of its last attempt', async () => {
  const study = await bench.createStudy({
    maxAttempts: 3,
    enqueue: [1, 2, 3, 4].map((epochs) => ({
      architecture: 'alexnet',
      retrainDepth: 'deep',
      learningRate: 0.01,
      epochs,
    })),
  });
  const { runTrial, reapLeases } = bench.useCases;
  const report = async (claim: { trialId: string; attempt: number }, accuracies: number[]) => {
    for (const [index, accuracy] of accuracies.entries()) {
      await runTrial.report(claim.trialId, claim.attempt, makeEpochReport(index + 1, accuracy));
    }
  };
  const complete = await bench.claimTrial();
  await report(complete, [0.5, 0.6]);
  await runTrial.finish(complete.trialId, 1, makeCompletion());
  const pruned = await bench.claimTrial();
  await report(pruned, [0.1]);
  await runTrial.finish(pruned.trialId, 1, { state: 'PRUNED', reason: 'slow', measures: {} });
  const lost = await bench.claimTrial();
  await report(lost, [0.2, 0.3, 0.4]);
  const { trials } = bench.storage;
  const read = async () =>
    (await trials.withCurves(study.id)).map(({ number, state, curve }) => ({ number, state, curve }));
  const before = [
    {
      number: 0,
      state: 'COMPLETE',
      curve: [
        [1, 0.5],
        [2, 0.6],
      ],
    },
    { number: 1, state: 'PRUNED', curve: [[1, 0.1]] },
  ];
  expect(await read()).toEqual([
    ...before,
    {
      number: 2,
      state: 'RUNNING',
      curve: [
        [1, 0.2],
        [2, 0.3],
        [3, 0.4],
      ],
    },
  ]);
  await bench.expire('trial', lost.trialId);
  await reapLeases.run();
  expect(await read()).toEqual(before);
  await bench.endBackoff();
  const again = [await bench.claimTrial(), await bench.claimTrial()].find(({ trialId }) => trialId === lost.trialId)!;
  await report(again, [0.25]);
  expect(await read()).toEqual([
    ...before,
    { number: 2, state: 'RUNNING', curve: [[1, 0.25]] },
    { number: 3, state: 'RUNNING', curve: [] },
  ]);
});

test('the pareto pruner stops what cannot enter the front, and what cannot become accurate enough', async () => {
  const names = ['alexnet', 'alexnet', 'alexnet', 'alexnet', 'resnet18', 'alexnet'];
  await bench.createStudy({
    trials: 20,
    pruner: { name: 'pareto', options: { noiseFactor: 0 } },
    constraints: [{ metric: 'accuracy', atLeast: 0.6 }],
    searchSpace: {
      architecture: ['alexnet', 'resnet18'],
      retrainDepth: ['deep'],
      learningRate: { low: 0.001, high: 0.01 },
      epochs: [6],
    },
    enqueue: names.map((architecture) => ({ architecture, retrainDepth: 'deep', learningRate: 0.01, epochs: 6 })),
  });
  const { runTrial } = bench.useCases;
  /** Trains with an accuracy that rises by half of what is left, until the pruner stops it. */
  const train = async (end: number, latencyP95Ms: number) => {
    const { trialId } = await bench.claimTrial();
    await runTrial.profile(trialId, 1, { latencyP95Ms });
    for (let epoch = 1; epoch <= 6; epoch++) {
      const report = makeEpochReport(epoch, end - 0.3 * 0.5 ** epoch);
      const { action, reason } = await runTrial.report(trialId, 1, report);
      if (action !== 'prune') continue;
      await runTrial.finish(trialId, 1, { state: 'PRUNED', reason: reason as string, measures: {} });
      return { epoch, reason };
    }
    await runTrial.finish(trialId, 1, makeCompletion({ accuracy: end, latencyP95Ms }));
    return 'complete';
  };
  for (const end of [0.8, 0.85, 0.9]) expect(await train(end, 10)).toBe('complete');
  expect(await train(0.7, 10)).toEqual({
    epoch: 3,
    reason: expect.stringMatching(/^accuracy 0\.66\d+ at epoch 3 can become 0\.69/),
  });
  // Another network, which is faster.
  expect(await train(0.7, 9)).toBe('complete');
  expect(await train(0.5, 10)).toEqual({ epoch: 3, reason: expect.stringMatching(/, and accuracy asks for 0\.6$/) });
});

test('a study with the threshold pruner is stopped by the reports of the trial alone', async () => {
  await bench.createStudy({ pruner: { name: 'threshold', options: { lower: 0.4, warmupSteps: 2 } } });
  const { trialId } = await bench.claimTrial();
  expect((await bench.useCases.runTrial.report(trialId, 1, makeEpochReport(1, 0.3))).action).toBe('continue');
  expect(await bench.useCases.runTrial.report(trialId, 1, makeEpochReport(2, 0.35))).toEqual({
    action: 'prune',
    reason: 'accuracy 0.35 at epoch 2 is below the lower bound 0.4',
  });
});

test.each([
  { name: 'none', options: {} },
  { name: 'median', options: { pruneInfeasible: false } },
])(
  'a trial that violates a constraint before training is never trained, with pruner $name $options',
  async (pruner) => {
    await bench.createStudy({ constraints: [{ metric: 'sizeBytes', atMost: 1000 }], pruner });
    const { trialId } = await bench.claimTrial();
    expect(await bench.useCases.runTrial.profile(trialId, 1, { sizeBytes: 1001 })).toEqual({
      action: 'prune',
      reason: 'sizeBytes is 1001, must be at most 1000',
    });
  },
);

test('the kept front equals its recomputation from all rows, finish by finish', async () => {
  const study = await bench.createStudy({
    trials: 40,
    constraints: [{ metric: 'accuracy', atLeast: 0.55 }],
    maxAttempts: 1,
  });
  for (let index = 0; index < 40; index++) {
    // A fixed scatter with copies, dominated points and infeasible ones.
    const accuracy = 0.5 + ((index * 7) % 11) / 25;
    const latencyP95Ms = 5 + ((index * 5) % 13);
    const record = await bench.complete({ accuracy, latencyP95Ms });
    const finished = await bench.storage.trials.finished(study.id);
    const expected = rankTrials(
      study.spec.objectives,
      finished.filter(({ metrics }) => (metrics.accuracy ?? 0) >= 0.55),
    ).map(({ trialId }) => trialId);
    expect(await bench.storage.fronts.read(study.id)).toEqual(expected);
    expect(record.onFront).toBe(expected.includes(record.id));
    expect((await bench.useCases.studies.show(study.id)).bestTrialNumber).toBe(
      finished.find(({ trialId }) => trialId === expected[0])?.number ?? null,
    );
  }
});

test('the kept front and the state of the study are right when many trials finish at once', async () => {
  const study = await bench.createStudy({ trials: 16 });
  const claims = await Promise.all(Array.from({ length: 16 }, (_, index) => bench.claimTrial(`worker-${index}`)));
  await Promise.all(
    claims.map(({ trialId }, index) => {
      const measures = { accuracy: 0.5 + index / 40, latencyP95Ms: 5 + index, validationImages: 1_000_000 };
      return bench.useCases.runTrial.finish(trialId, 1, makeCompletion(measures));
    }),
  );
  const finished = await bench.storage.trials.finished(study.id);
  const expected = rankTrials(study.spec.objectives, finished).map(({ trialId }) => trialId);
  expect(expected).toHaveLength(16);
  expect(await bench.storage.fronts.read(study.id)).toEqual(expected);
  expect((await bench.useCases.studies.show(study.id)).state).toBe('COMPLETE');
});

describe('events', () => {
  test('tell of every change once, in order, and are written with it', async () => {
    const study = await bench.createStudy({ trials: 2, maxAttempts: 2 });
    const first = await bench.claimTrial('worker-1');
    await bench.useCases.runTrial.report(first.trialId, 1, makeEpochReport(1));
    await bench.useCases.runTrial.report(first.trialId, 1, makeEpochReport(1));
    await bench.useCases.runTrial.finish(first.trialId, 1, makeCompletion({ accuracy: 0.9, latencyP95Ms: 7 }));
    const second = await bench.claimTrial('worker-2');
    await bench.useCases.runTrial.release(second.trialId, 1);
    await bench.claimTrial('worker-3');
    await bench.expire('trial', second.trialId);
    await bench.useCases.reapLeases.run();
    await bench.endBackoff();
    await bench.claimTrial('worker-4');
    await bench.expire('trial', second.trialId);
    await bench.useCases.reapLeases.run();
    const epochs = first.parameters.epochs;
    expect(await eventsOf(study.id)).toEqual([
      { type: 'study.state', state: 'RUNNING' },
      { type: 'trial.started', number: 0, workerId: 'worker-1' },
      { type: 'trial.reported', number: 0, report: makeEpochReport(1), epochs },
      {
        type: 'trial.finished',
        number: 0,
        state: 'COMPLETE',
        reason: null,
        accuracy: 0.9,
        latencyP95Ms: 7,
        onFront: true,
      },
      { type: 'trial.started', number: 1, workerId: 'worker-2' },
      { type: 'trial.requeued', number: 1, reason: 'given back by its worker' },
      { type: 'trial.started', number: 1, workerId: 'worker-3' },
      { type: 'trial.requeued', number: 1, reason: 'lease_expired' },
      { type: 'trial.started', number: 1, workerId: 'worker-4' },
      {
        type: 'trial.finished',
        number: 1,
        state: 'FAIL',
        reason: 'poisoned',
        accuracy: null,
        latencyP95Ms: null,
        onFront: false,
      },
      { type: 'study.state', state: 'COMPLETE' },
    ]);
  });

  test('never appear behind an id that a reader has passed, however many write at once', async () => {
    const study = await bench.createStudy({ trials: 12 });
    const claims = await Promise.all(Array.from({ length: 12 }, (_, index) => bench.claimTrial(`worker-${index}`)));
    let writing = true;
    const seen: number[] = [];
    const reading = (async () => {
      for (let done = false; !done; ) {
        done = !writing;
        const events = await bench.useCases.studies.events(study.id, seen.at(-1) ?? 0, 5);
        seen.push(...events.map(({ id }) => id));
        if (events.length > 0) done = false;
      }
    })();
    await Promise.all(
      claims.map(async ({ trialId }) => {
        for (let epoch = 1; epoch <= 10; epoch++) {
          await bench.useCases.runTrial.report(trialId, 1, makeEpochReport(epoch, 0.5));
        }
        await bench.useCases.runTrial.finish(trialId, 1, makeCompletion());
      }),
    );
    writing = false;
    await reading;
    const all = await bench.useCases.studies.events(study.id, 0, 1000);
    expect(seen).toEqual(all.map(({ id }) => id));
    expect(all.filter(({ event }) => event.type === 'trial.reported')).toHaveLength(120);
    expect(await bench.useCases.studies.lastEventId(study.id)).toBe(seen.at(-1));
  });
});

describe('exports', () => {
  const verification = exportVerification();
  const ready = {
    state: 'READY',
    verification,
    files: [{ name: 'model.onnx', bytes: 3, sha256: 'f'.repeat(64) }],
    zip: { sha256: '1'.repeat(64), bytes: 9 },
  } as const;

  test('come before trials, carry the record of the trial, and end READY once', async () => {
    const study = await bench.createStudy({ trials: 3 });
    const running = await bench.claimTrial();
    for (const epoch of [1, 2]) await bench.useCases.runTrial.report(running.trialId, 1, makeEpochReport(epoch));
    await bench.useCases.runTrial.finish(running.trialId, 1, makeCompletion());
    const created = await bench.useCases.exports.create(study.id, { trialNumber: 0 });
    const claim = await bench.claim('worker-9');
    expect(claim).toMatchObject({
      kind: 'export',
      exportId: created.id,
      attempt: 1,
      trialNumber: 0,
      checkpoint: { sha256: 'c'.repeat(64), bytes: 1234 },
      initialStateSha256: 'd'.repeat(64),
      measures: makeTrialMeasures(),
      reports: [makeEpochReport(1), makeEpochReport(2)],
      device: { class: 'cpu', name: 'test' },
      latencyDevice: { class: 'cpu', name: 'test' },
    });
    const done = await bench.useCases.exports.finish(created.id, 1, ready);
    expect(done).toMatchObject({ state: 'READY', verification, files: ready.files, zip: ready.zip, trialNumber: 0 });
    expect(await bench.useCases.exports.finish(created.id, 1, ready)).toEqual(done);
    const other = bench.useCases.exports.finish(created.id, 1, { state: 'FAILED', message: 'no' });
    await expect(other).rejects.toMatchObject({ code: 'LEASE_LOST' });
    const states = (await eventsOf(study.id)).flatMap((event) => (event.type === 'export.state' ? [event.state] : []));
    expect(states).toEqual(['WAITING', 'RUNNING', 'READY']);
  });

  test('are left to a worker with the class of device that the latency was measured on, while one lives', async () => {
    const study = await bench.createStudy({ trials: 1 });
    const { trialId } = await bench.claimTrial('w-cpu');
    const latencyDevice = { class: 'webgpu', name: 'a graphics card' };
    await bench.useCases.runTrial.profile(trialId, 1, { latencyP95Ms: 3 }, latencyDevice);
    await bench.useCases.runTrial.finish(trialId, 1, makeCompletion());
    expect(await bench.claim('w-gpu', undefined, 'webgpu')).toBeNull();
    const { id } = await bench.useCases.exports.create(study.id, { trialNumber: 0 });
    expect(await bench.claim('w-cpu')).toBeNull();
    expect(await bench.claim('w-gpu', undefined, 'webgpu')).toMatchObject({
      exportId: id,
      device: { class: 'cpu', name: 'test' },
      latencyDevice,
    });
    await bench.useCases.exports.release(id, 1);
    await bench.database.dataSource.query(`UPDATE worker SET last_seen_at = now() - interval '2 minutes'`);
    expect(await bench.claim('w-cpu')).toMatchObject({ exportId: id, latencyDevice });
  });

  test('follow the lease protocol: repeated claim, late writer, lost workers', async () => {
    const study = await bench.createStudy({ trials: 1 });
    await bench.complete();
    const { id } = await bench.useCases.exports.create(study.id, { constraints: {} });
    const request = '11111111-1111-4111-8111-111111111111';
    const first = await bench.claim('worker-1', request);
    expect(await bench.claim('worker-1', request)).toEqual(first);
    await bench.expire('export', id);
    expect(await bench.useCases.reapLeases.run()).toMatchObject({ requeuedExports: 1 });
    await expect(bench.useCases.exports.heartbeat(id, 1)).rejects.toMatchObject({ code: 'LEASE_LOST', kind: 'export' });
    await bench.endBackoff();
    await bench.claim('worker-2');
    await bench.useCases.exports.release(id, 2);
    for (const attempt of [3, 4]) {
      expect(await bench.claim('worker-2')).toMatchObject({ attempt });
      await bench.expire('export', id);
      await bench.useCases.reapLeases.run();
      await bench.endBackoff();
    }
    expect(await bench.useCases.exports.show(id)).toMatchObject({
      state: 'FAILED',
      failure: expect.stringContaining('3'),
    });
  });

  test('refuse a trial without a result, and bounds that none meets', async () => {
    const study = await bench.createStudy();
    await bench.claimTrial();
    const { exports } = bench.useCases;
    await expect(exports.create(study.id, { trialNumber: 0 })).rejects.toThrow(TrialNotExportableError);
    await expect(exports.create(study.id, { trialNumber: 5 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(exports.create(study.id, { constraints: { maxLatencyMs: 1 } })).rejects.toThrow(NoFeasibleTrialError);
  });
});

test('workers of a version that said neither index nor driver of a device are listed with what it meant', async () => {
  await bench.claim('new');
  await bench.database.dataSource.query(
    `INSERT INTO worker (id, device) VALUES ('old', '{"class":"cpu","name":"old one","threads":2,"memoryBytes":1}')`,
  );
  const devices = (await bench.useCases.workers.list(10)).map(({ id, device }) => [id, device.index, device.driver]);
  expect(devices.sort()).toEqual([
    ['new', 0, null],
    ['old', 0, null],
  ]);
});

test('workers are listed with what they do, and count as alive while they hold a lease', async () => {
  await bench.createStudy();
  await bench.claimTrial('busy');
  await bench.complete();
  await bench.database.dataSource.query(`UPDATE worker SET last_seen_at = now() - interval '10 minutes'`);
  const workers = await bench.useCases.workers.list(10);
  expect(workers.map(({ id, alive, current }) => ({ id, alive, current }))).toEqual([
    { id: 'busy', alive: true, current: 'trial 0 of study insects' },
    { id: 'worker-1', alive: false, current: null },
  ]);
  expect((await bench.useCases.workers.list(1)).map(({ id }) => id)).toEqual(['busy']);
  expect(await bench.storage.workers.countAlive()).toBe(1);
});
