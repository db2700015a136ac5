import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ArtifactStore } from '#artifacts';
import { systemClock } from '#primitives';
import { type TrialOutcome, type UseCases } from '#search';
import { makeEpochReport } from '#search/testing';
import { CheckpointBlobs } from '../../apps/api/src/checkpoint-blobs.js';
import { makeCompletion, SearchBench } from '../support/search-bench.js';

let bench: SearchBench;
let folder: string;
let store: ArtifactStore;
beforeAll(async () => {
  bench = await SearchBench.open();
  folder = await mkdtemp(join(tmpdir(), 'retune-sweep-'));
});
afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study CASCADE');
  store = new ArtifactStore(await mkdtemp(join(folder, 'artifacts-')));
});

/** A service whose checkpoints lie in the store, at most so many bytes of them. */
const service = (checkpointBytes: number): UseCases =>
  bench.otherService({ blobs: new CheckpointBlobs(store, systemClock), checkpointBytes });

const put = (text: string) => store.put(Buffer.from(text.padEnd(100)), { collectable: true });

/** Lets everything look as if it had been put a day ago. */
async function ageBlobs(): Promise<void> {
  const dayAgo = new Date(systemClock.now() - 86_400_000);
  for await (const names of store.collectable()) {
    for (const name of names) await utimes(join(store.root, 'collectable', name), dayAgo, dayAgo);
  }
}

/** Trains one epoch of a training of its own; its checkpoint and momentum are 100 bytes each. */
async function train(name: string, accuracy: number, latencyP95Ms: number) {
  const { trialId, attempt } = await bench.claimTrial();
  await bench.useCases.continueTraining.run(trialId, attempt, { trajectory: name.repeat(64) });
  await bench.useCases.runTrial.report(trialId, attempt, makeEpochReport(1));
  const [checkpoint, slots] = [await put(`checkpoint ${name}`), await put(`momentum ${name}`)];
  const measures = { correct: 9, validationImages: 10, trainBatchSize: 4, trainSeconds: 1, evaluationSeconds: 1 };
  const outcome: TrialOutcome = {
    ...makeCompletion({ accuracy, latencyP95Ms }),
    checkpoint,
    point: { checkpoint, slots, initialStateSha256: 'd'.repeat(64), measures },
  };
  const record = await bench.useCases.runTrial.finish(trialId, attempt, outcome);
  return { id: record.id, checkpoint: checkpoint.sha256, slots: slots.sha256 };
}

const study = () =>
  bench.createStudy({
    trials: 9,
    enqueue: [1, 1, 1].map((epochs) => ({
      ...{ architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.01, epochs },
    })),
  } as Parameters<SearchBench['createStudy']>[0]);

test('SweepStorage keeps the bound with what was not used for longest, and deletes its blobs after their grace', async () => {
  await study();
  const [old, newer, best] = [await train('a', 0.6, 20), await train('b', 0.7, 20), await train('c', 0.9, 10)];
  expect(await service(600).sweepStorage.run()).toEqual({ resumeStates: 0, checkpoints: 0, blobs: 0 });
  expect(await service(510).sweepStorage.run()).toEqual({ resumeStates: 1, checkpoints: 0, blobs: 0 });
  // Its worker put it a moment ago, and another may be about to name equal bytes.
  expect(await store.has(old.slots)).toBe(true);
  await ageBlobs();
  expect(await service(510).sweepStorage.run()).toEqual({ resumeStates: 0, checkpoints: 0, blobs: 1 });
  const there = await Promise.all([old, newer, best].map(({ slots }) => store.has(slots)));
  expect(there).toEqual([false, true, true]);
  // Feasible trials stay exportable however low the bound.
  expect(await service(0).sweepStorage.run()).toEqual({ resumeStates: 1, checkpoints: 0, blobs: 1 });
  const checkpoints = await Promise.all([old, newer, best].map(({ checkpoint }) => store.has(checkpoint)));
  expect(checkpoints).toEqual([true, true, true]);
  expect(await store.has(best.slots)).toBe(true);
});

test('SweepStorage deletes what a worker put that was killed before it could name it, and what a deleted study had', async () => {
  const { id } = await study();
  const trained = await train('a', 0.9, 10);
  const orphan = await put('momentum that nobody names');
  const picture = await store.put(Buffer.from('a picture'));
  await ageBlobs();
  expect((await service(1e9).sweepStorage.run()).blobs).toBe(1);
  expect([await store.has(orphan.sha256), await store.has(trained.slots)]).toEqual([false, true]);
  await bench.database.dataSource.query('DELETE FROM study WHERE id = $1', [id]);
  expect((await service(1e9).sweepStorage.run()).blobs).toBe(2);
  expect([await store.has(trained.checkpoint), await store.has(picture.sha256)]).toEqual([false, true]);
});

test('SweepStorage leaves a blob that a second attempt has put again, whose first was killed before its finish', async () => {
  await study();
  const { trialId, attempt } = await bench.claimTrial();
  await bench.useCases.continueTraining.run(trialId, attempt, { trajectory: 'a'.repeat(64) });
  const lost = await put('checkpoint a'); // kill -9 here
  await ageBlobs();
  await bench.expire('trial', trialId);
  await bench.useCases.reapLeases.run();
  await bench.endBackoff();
  const [again] = await Promise.all([train('a', 0.9, 10), service(1e9).sweepStorage.run()]);
  expect(again).toMatchObject({ id: trialId, checkpoint: lost.sha256 });
  await ageBlobs();
  expect((await service(1e9).sweepStorage.run()).blobs).toBe(0);
  expect(
    Buffer.from(await store.get(lost.sha256))
      .toString()
      .trim(),
  ).toBe('checkpoint a');
});
