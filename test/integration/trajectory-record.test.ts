import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  LeaseLostError,
  type NewTrajectoryPoint,
  ReportConflictError,
  type StudySpec,
  type TrialClaim,
  TrialNotExportableError,
} from '#search';
import { makeEpochReport, makeStudySpec } from '#search/testing';
import { makeCompletion, SearchBench } from '../support/search-bench.js';

let bench: SearchBench;
beforeAll(async () => {
  bench = await SearchBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study CASCADE');
});

const trajectory = '7'.repeat(64);
const sha = (text: string) => text.padEnd(64, '0').slice(0, 64);

/** What a training left after an epoch; blobs are named after it. */
function pointAt(epoch: number, name = 'a', bytes = 1000): NewTrajectoryPoint {
  return {
    checkpoint: { sha256: sha(`c${name}${epoch}f`), bytes },
    slots: { sha256: sha(`5${name}${epoch}f`), bytes },
    initialStateSha256: 'd'.repeat(64),
    measures: {
      correct: 900,
      validationImages: 1000,
      trainBatchSize: 16,
      trainSeconds: 4 * epoch + 0.1,
      evaluationSeconds: epoch + 0.3,
    },
  };
}

/** A study whose trials are asked for these numbers of epochs, in this order. */
function studyOf(epochs: readonly number[], changes: Partial<StudySpec> = {}) {
  const enqueue = epochs.map((each) => ({
    architecture: 'alexnet',
    retrainDepth: 'deep' as const,
    learningRate: 0.01,
    epochs: each,
  }));
  const { searchSpace } = makeStudySpec({ datasetId: '' });
  const space = { ...searchSpace, epochs: { low: 1, high: 10, step: 1 } };
  return bench.createStudy({ searchSpace: space, trials: epochs.length, enqueue, ...changes });
}

const proceed = ({ trialId, attempt }: TrialClaim, key = trajectory, unusable?: number) =>
  bench.useCases.continueTraining.run(trialId, attempt, { trajectory: key, unusable });

async function report({ trialId, attempt }: TrialClaim, from: number, to: number): Promise<void> {
  for (let epoch = from; epoch <= to; epoch++) {
    await bench.useCases.runTrial.report(trialId, attempt, makeEpochReport(epoch));
  }
}

interface TrainOptions {
  readonly key?: string;
  readonly name?: string;
  readonly bytes?: number;
  readonly accuracy?: number;
  readonly latencyP95Ms?: number;
}

/** Claims a trial, goes on from what there is, trains the rest and finishes. Returns it with the epochs it took over. */
async function train(worker: string, { key = trajectory, name, bytes, ...measures }: TrainOptions = {}) {
  const claim = await bench.claimTrial(worker);
  const { epochs } = claim.parameters;
  const from = await proceed(claim, key);
  await report(claim, (from?.epoch ?? 0) + 1, epochs);
  const point = pointAt(epochs, name, bytes);
  const isAnswered = from?.epoch === epochs;
  const record = await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, {
    ...makeCompletion(measures),
    checkpoint: isAnswered ? from.checkpoint : point.checkpoint,
    ...(isAnswered ? {} : { point }),
  });
  return { record, from };
}

async function points(): Promise<{ epoch: number; slots: string | null }[]> {
  return bench.database.dataSource.query(
    'SELECT epoch, slots_sha256 AS slots FROM trajectory_point ORDER BY key, epoch',
  );
}

const curve = (trialId: string) => bench.storage.trials.curve(trialId);

describe('continue', () => {
  test('gives the latest point with at most as many epochs, with its reports to the bit, also across studies', async () => {
    await studyOf([2]);
    const { record } = await train('w1');
    await studyOf([5]);
    const claim = await bench.claimTrial('w2');
    const from = await proceed(claim);
    expect(from).toMatchObject({ epoch: 2, ...pointAt(2) });
    expect(from?.reports).toEqual([makeEpochReport(1), makeEpochReport(2)]);
    expect(await curve(claim.trialId)).toEqual(await curve(record.id));
    expect(await bench.trial(claim.trialId)).toMatchObject({ epoch: 2, measures: { accuracy: 0.6 } });
    await report(claim, 3, 5);
    expect((await curve(claim.trialId)).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
  });

  test('never gives more epochs than are asked for, nor another training', async () => {
    await studyOf([5, 3, 5]);
    await train('w1');
    expect((await train('w2')).from).toBeNull();
    expect((await train('w3', { key: '8'.repeat(64) })).from).toBeNull();
  });

  test('may be asked again, gives the same, and tells the events of the study once each time', async () => {
    await studyOf([2, 5]);
    await train('w1');
    const claim = await bench.claimTrial('w2');
    const first = await proceed(claim);
    expect(await proceed(claim)).toEqual(first);
    expect((await curve(claim.trialId)).length).toBe(2);
    const events = await bench.useCases.studies.events(claim.studyId, 0);
    const heard = events.flatMap(({ event }) => (event.type === 'trial.reported' && event.number === 1 ? [event] : []));
    expect(heard.map(({ report: { epoch }, epochs }) => [epoch, epochs])).toEqual([
      [2, 5],
      [2, 5],
    ]);
  });

  test('is refused once the trial has reported an epoch of its own', async () => {
    await studyOf([2, 5]);
    await train('w1');
    const claim = await bench.claimTrial('w2');
    await proceed(claim);
    await report(claim, 3, 3);
    await expect(proceed(claim)).rejects.toThrow(ReportConflictError);
    expect((await curve(claim.trialId)).length).toBe(3);
  });

  test('is refused to an attempt that lost its lease, and changes nothing', async () => {
    await studyOf([2, 5]);
    await train('w1');
    const old = await bench.claimTrial('w2');
    await bench.expire('trial', old.trialId);
    await bench.useCases.reapLeases.run();
    await bench.endBackoff();
    const now = await bench.claimTrial('w3');
    const before = await bench.snapshot(now.trialId);
    await expect(proceed(old)).rejects.toThrow(LeaseLostError);
    expect(await bench.snapshot(now.trialId)).toEqual(before);
  });

  test('forgets a point that cannot be used, and gives the one before it with its reports alone', async () => {
    await studyOf([2, 4, 6]);
    await train('w1');
    const held = await bench.claimTrial('w2');
    await proceed(held); // as long as it runs, the shorter point stays
    const longer = await bench.claimTrial('w3');
    await proceed(longer);
    await report(longer, 3, 4);
    await bench.useCases.runTrial.report(longer.trialId, longer.attempt, makeEpochReport(5), pointAt(5));
    await bench.useCases.runTrial.finish(longer.trialId, longer.attempt, {
      state: 'PRUNED',
      reason: 'below',
      measures: {},
    });
    await studyOf([6]);
    const claim = await bench.claimTrial('w4');
    expect(await proceed(claim)).toMatchObject({ epoch: 5 });
    // Another trial's word about a point that it was not given changes nothing.
    expect(await proceed(held, trajectory, 5)).toMatchObject({ epoch: 2 });
    expect((await points()).map(({ epoch }) => epoch)).toEqual([2, 5]);
    expect(await proceed(claim, trajectory, 5)).toMatchObject({ epoch: 2 });
    expect((await curve(claim.trialId)).map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(await proceed(claim, trajectory, 2)).toBeNull();
    expect(await curve(claim.trialId)).toEqual([]);
    expect(await bench.trial(claim.trialId)).toMatchObject({ epoch: 0, measures: {} });
    expect(await points()).toEqual([]);
  });

  test('begins from the newest point when a trial is claimed again', async () => {
    await studyOf([9]);
    const lost = await bench.claimTrial('w1');
    await proceed(lost);
    await report(lost, 1, 3);
    await bench.useCases.runTrial.report(lost.trialId, lost.attempt, makeEpochReport(4), pointAt(4));
    await report(lost, 5, 5);
    await bench.expire('trial', lost.trialId);
    await bench.useCases.reapLeases.run();
    await bench.endBackoff();
    const again = await bench.claimTrial('w2');
    expect(again).toMatchObject({ trialId: lost.trialId, attempt: 2 });
    expect(await proceed(again)).toMatchObject({ epoch: 4 });
    await report(again, 5, 9);
    expect((await curve(again.trialId)).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('record', () => {
  test('answers an equal trial with the same checkpoint', async () => {
    await studyOf([3, 3]);
    const first = await train('w1');
    const second = await train('w2');
    expect(second.from).toMatchObject({ epoch: 3, measures: pointAt(3).measures });
    expect(second.record.checkpoint).toEqual(first.record.checkpoint);
    expect(await points()).toHaveLength(1);
  });

  test('keeps one row of two equal trials that ran at the same time, and both results', async () => {
    await studyOf([2, 2]);
    const claims = [await bench.claimTrial('w1'), await bench.claimTrial('w2')];
    expect(await Promise.all(claims.map((claim) => proceed(claim)))).toEqual([null, null]);
    await Promise.all(claims.map((claim) => report(claim, 1, 2)));
    const records = await Promise.all(
      claims.map(({ trialId, attempt }) =>
        bench.useCases.runTrial.finish(trialId, attempt, {
          ...makeCompletion(),
          checkpoint: pointAt(2).checkpoint,
          point: pointAt(2),
        }),
      ),
    );
    expect(records.map(({ state, checkpoint }) => [state, checkpoint])).toEqual([
      ['COMPLETE', pointAt(2).checkpoint],
      ['COMPLETE', pointAt(2).checkpoint],
    ]);
    expect(await points()).toHaveLength(1);
  });

  test('is nothing of a trial that never said which training it is', async () => {
    await studyOf([1]);
    const { trialId, attempt } = await bench.claimTrial();
    await bench.useCases.runTrial.report(trialId, attempt, makeEpochReport(1), pointAt(1));
    await bench.useCases.runTrial.finish(trialId, attempt, { ...makeCompletion(), point: pointAt(1) });
    expect(await points()).toEqual([]);
  });

  test('goes with the study it is of, and the trials of others that used it stay', async () => {
    const { id } = await studyOf([2]);
    await train('w1');
    await studyOf([2]);
    const { record } = await train('w2');
    await bench.database.dataSource.query('DELETE FROM study WHERE id = $1', [id]);
    expect(await points()).toEqual([]);
    expect(await bench.storage.trajectories.referred([pointAt(2).checkpoint.sha256, pointAt(2).slots.sha256])).toEqual([
      pointAt(2).checkpoint.sha256,
    ]);
    expect((await bench.trial(record.id)).checkpoint).toEqual(pointAt(2).checkpoint);
  });

  test('finish may be repeated', async () => {
    await studyOf([1, 1]);
    const claim = await bench.claimTrial();
    await proceed(claim);
    await report(claim, 1, 1);
    const outcome = { ...makeCompletion(), checkpoint: pointAt(1).checkpoint, point: pointAt(1) };
    const first = await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, outcome);
    expect(await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, outcome)).toEqual(first);
    expect(await points()).toHaveLength(1);
  });
});

describe('what is kept', () => {
  test('a longer training takes the momentum of the shorter ones, but not while a trial may be loading it', async () => {
    await studyOf([2, 4, 5, 9]);
    await train('w1');
    const holder = await bench.claimTrial('w2');
    await proceed(holder);
    await train('w3');
    expect((await points()).map(({ epoch, slots }) => [epoch, slots !== null])).toEqual([
      [2, true],
      [5, true],
    ]);
    await report(holder, 3, 4);
    await bench.useCases.runTrial.finish(holder.trialId, holder.attempt, {
      ...makeCompletion(),
      checkpoint: pointAt(4).checkpoint,
      point: pointAt(4),
    });
    expect((await points()).map(({ epoch, slots }) => [epoch, slots !== null])).toEqual([
      [2, false],
      [4, false],
      [5, true],
    ]);
  });

  test('nobody goes on from a trial that more epochs cannot make feasible', async () => {
    await studyOf([1, 2], { constraints: [{ metric: 'latencyP95Ms', atMost: 10 }] });
    await train('w1', { latencyP95Ms: 12 });
    expect(await points()).toEqual([{ epoch: 1, slots: null }]);
  });

  test('a trial that is not accurate enough may be continued, until its study is over', async () => {
    await studyOf([1, 1], { constraints: [{ metric: 'accuracy', atLeast: 0.95 }] });
    await train('w1', { accuracy: 0.7 });
    expect(await points()).toEqual([{ epoch: 1, slots: pointAt(1).slots.sha256 }]);
    await train('w2', { accuracy: 0.96, name: 'b', key: '8'.repeat(64) });
    expect(await points()).toEqual([
      { epoch: 1, slots: null },
      { epoch: 1, slots: pointAt(1, 'b').slots.sha256 },
    ]);
  });

  test('the end of a study leaves its front, and takes points of pruned trials whole', async () => {
    await studyOf([3, 3, 3]);
    const pruned = await bench.claimTrial('w1');
    await proceed(pruned, '1'.repeat(64));
    await report(pruned, 1, 2);
    await bench.useCases.runTrial.finish(pruned.trialId, pruned.attempt, {
      state: 'PRUNED',
      reason: 'below',
      measures: {},
      point: pointAt(2, 'p'),
    });
    await train('w2', { key: '2'.repeat(64), name: 'd', accuracy: 0.8, latencyP95Ms: 20 });
    expect((await points()).map(({ epoch }) => epoch)).toEqual([2, 3]);
    await train('w3', { key: '3'.repeat(64), name: 'f', accuracy: 0.9, latencyP95Ms: 10 });
    expect(await points()).toEqual([
      { epoch: 3, slots: null },
      { epoch: 3, slots: pointAt(3, 'f').slots.sha256 },
    ]);
  });

  test('the end of a study leaves what another one that runs has trials of, until that one ends', async () => {
    await studyOf([1, 1], { name: 'short' });
    await train('w1', { accuracy: 0.5 });
    await studyOf([1, 1], { name: 'other' });
    // The study with the fewest running trials comes first; both have none.
    const rest = [await bench.claimTrial('w2'), await bench.claimTrial('w3')];
    const other = rest.find(({ studyName }) => studyName === 'other') as TrialClaim;
    const short = rest.find(({ studyName }) => studyName === 'short') as TrialClaim;
    await proceed(other);
    await bench.useCases.runTrial.finish(other.trialId, other.attempt, {
      ...makeCompletion({ accuracy: 0.5 }),
      checkpoint: pointAt(1).checkpoint,
    });
    await proceed(short, '8'.repeat(64));
    await report(short, 1, 1);
    await bench.useCases.runTrial.finish(short.trialId, short.attempt, {
      ...makeCompletion({ accuracy: 0.99, latencyP95Ms: 1 }),
      checkpoint: pointAt(1, 'b').checkpoint,
      point: pointAt(1, 'b'),
    });
    expect((await points())[0]).toEqual({ epoch: 1, slots: pointAt(1).slots.sha256 });
    await train('w4', { key: '9'.repeat(64), name: 'e', accuracy: 0.99, latencyP95Ms: 1 });
    expect((await points())[0]).toEqual({ epoch: 1, slots: null });
  });
});

describe('evict', () => {
  const evict = (limit: number) => bench.storage.transaction(({ trajectories }) => trajectories.evict(limit));

  test('takes the longest unused resume states first, as many as are needed, and never those of a front', async () => {
    await studyOf([1, 1, 1, 1], { constraints: [{ metric: 'accuracy', atLeast: 0.6 }] });
    for (const [index, name] of ['a', 'b', 'f'].entries()) {
      const measures = name === 'f' ? { accuracy: 0.9, latencyP95Ms: 5 } : { accuracy: 0.7 };
      await train(`w${index}`, { key: sha(name), name, ...measures });
    }
    const { checkpoints, resumeStates } = await bench.storage.trajectories.usage();
    expect([checkpoints, resumeStates]).toEqual([
      { bytes: 3000, count: 3 },
      { bytes: 3000, count: 3 },
    ]);
    expect(await evict(6000)).toEqual({ resumeStates: 0, checkpoints: 0 });
    expect(await evict(5500)).toEqual({ resumeStates: 1, checkpoints: 0 });
    expect((await points()).map(({ slots }) => slots)).toEqual([
      null,
      pointAt(1, 'b').slots.sha256,
      pointAt(1, 'f').slots.sha256,
    ]);
    // All are feasible: their checkpoints may be exported, however many bytes that are.
    expect(await evict(0)).toEqual({ resumeStates: 1, checkpoints: 0 });
    expect((await bench.storage.trajectories.usage()).checkpoints.count).toBe(3);
  });

  test('leaves what a running trial goes on from', async () => {
    await studyOf([1, 3, 3]);
    await train('w1', { accuracy: 0.6, latencyP95Ms: 30 });
    await train('w2', { key: '8'.repeat(64), name: 'f', accuracy: 0.9, latencyP95Ms: 3 });
    const claim = await bench.claimTrial('w3');
    await proceed(claim);
    expect(await evict(0)).toEqual({ resumeStates: 0, checkpoints: 0 });
    await bench.useCases.runTrial.release(claim.trialId, claim.attempt);
    expect(await evict(0)).toEqual({ resumeStates: 1, checkpoints: 0 });
  });

  test('never takes what a trial is being given at the same moment', async () => {
    await studyOf([1, ...Array<number>(12).fill(4)]);
    await train('w1', { accuracy: 0.6, latencyP95Ms: 30 });
    await train('w2', { key: '8'.repeat(64), name: 'f', accuracy: 0.9, latencyP95Ms: 3 });
    for (let round = 0; round < 10; round++) {
      const claim = await bench.claimTrial(`worker-${round}`);
      const [from] = await Promise.all([proceed(claim), evict(0), evict(0)]);
      const isThere = (await points()).some(({ epoch, slots }) => epoch === 1 && slots === pointAt(1).slots.sha256);
      expect(isThere).toBe(from !== null);
      await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, {
        ...{ state: 'FAIL', failReason: 'error', message: 'enough', measures: {} },
      });
      if (from !== null) continue;
      await bench.database.dataSource.query(
        'UPDATE trajectory_point SET slots_sha256 = $1, slots_bytes = 1000 WHERE checkpoint_sha256 = $2',
        [pointAt(1).slots.sha256, pointAt(1).checkpoint.sha256],
      );
    }
  });

  test('takes checkpoints of infeasible trials last; they say so when they are to be exported', async () => {
    const { id } = await studyOf([1, 1, 1], { constraints: [{ metric: 'accuracy', atLeast: 0.8 }] });
    const { record: bad } = await train('w1', { accuracy: 0.5 });
    const { record: exporting } = await train('w2', { key: '8'.repeat(64), name: 'b', accuracy: 0.6 });
    await train('w3', { key: '9'.repeat(64), name: 'f', accuracy: 0.9 });
    const { id: exportId } = await bench.useCases.exports.create(id, { trialNumber: exporting.number });
    expect(await evict(0)).toEqual({ resumeStates: 0, checkpoints: 1 });
    expect((await bench.trial(bad.id)).checkpoint).toBeNull();
    expect((await bench.trial(exporting.id)).checkpoint).not.toBeNull();
    const again = bench.useCases.exports.create(id, { trialNumber: bad.number });
    await expect(again).rejects.toThrow(TrialNotExportableError);
    await expect(again).rejects.toThrow('its checkpoint was deleted to make room');
    expect((await bench.useCases.exports.list(id, { limit: 10 })).items.map((each) => each.id)).toEqual([exportId]);
  });
});

test('a new trial that is made claimed carries its user attributes', async () => {
  const { id, spec } = await bench.createStudy();
  const trial = await bench.storage.transaction(async ({ studies, queue }) => {
    await studies.lock(id);
    const number = await studies.takeNumbers(id, 1);
    return queue.insertClaimed(
      {
        ...{ studyId: id, number, seed: 4, maxAttempts: 3, priority: 0, userAttrs: { repeat: 2 } },
        parameters: { architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.01, epochs: 1 },
      },
      {
        ...{ workerId: 'w', claimRequestId: randomUUID(), leaseSeconds: 60 },
        device: { class: 'cpu', index: 0, name: 'test', driver: null, threads: 1, memoryBytes: 1 },
      },
    );
  });
  expect(spec.trials).toBe(10);
  expect((await bench.trial(trial.id)).userAttrs).toEqual({ repeat: 2 });
});
