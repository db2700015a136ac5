import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { study, trial } from '#api-contract';
import { InvalidInputError } from '#primitives';
import type { StudySpec, TrialParameters } from '#search';
import { makeDatasetContent, makeStudySpec } from '#search/testing';
import { makeCompletion, SearchBench } from '../support/search-bench.js';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';

let bench: SearchBench;
beforeAll(async () => {
  bench = await SearchBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study, worker CASCADE');
});

const sampler = { name: 'tpe', options: { startupTrials: 10 } };
const missing = '00000000-0000-4000-8000-000000000000';

/** A finished study in which a low learning rate was better; a third of its trials violates `latencyP95Ms <= 20`. */
async function earlierStudy(changes: Partial<StudySpec> = {}) {
  const rates = Array.from({ length: 24 }, (_, index) => 0.00011 * 1.33 ** index);
  const enqueue = rates.map(
    (learningRate): TrialParameters => ({ architecture: 'alexnet', retrainDepth: 'deep', learningRate, epochs: 3 }),
  );
  const made = await bench.createStudy({ name: 'earlier', trials: rates.length, enqueue, ...changes });
  for (const [index] of rates.entries()) {
    await bench.complete({ accuracy: 0.95 - index / 60, latencyP95Ms: index % 3 === 2 ? 30 : 10 });
  }
  return made;
}

async function problemsOf(changes: Partial<StudySpec>) {
  const error = await bench.createStudy(changes).catch((reason) => reason);
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).problems;
}

test('a warm study proposes from its first trial where earlier studies were good, and shows none of their trials', async () => {
  const earlier = await earlierStudy();
  const { id } = await bench.useCases.datasets.begin({ name: 'more', path: '/more', validationFraction: 0.2, seed: 1 });
  await bench.useCases.datasets.finish(id, makeDatasetContent({ version: 'f'.repeat(64) }));
  const warmStart = { studyIds: [earlier.id], weight: 0.5 };
  const lowRates = async (changes: Partial<StudySpec>) => {
    const made = await bench.createStudy({ datasetId: id, sampler, trials: 8, ...changes });
    let low = 0;
    for (let number = 0; number < 8; number++) {
      const claim = await bench.claimTrial();
      expect(claim).toMatchObject({ studyId: made.id, number });
      if (claim.parameters.learningRate < 0.003) low++;
      await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, makeCompletion());
    }
    return { made, low };
  };
  const { low: lowWhenCold } = await lowRates({});
  const { made, low } = await lowRates({ warmStart });
  expect(low).toBeGreaterThan(lowWhenCold);
  expect(low).toBeGreaterThanOrEqual(6);
  const shown = await bench.useCases.studies.show(made.id);
  expect(shown).toMatchObject({ state: 'COMPLETE', counts: { COMPLETE: 8 }, progress: { finished: 8, total: 8 } });
  expect(shown.spec.warmStart).toEqual(warmStart);
  const front = await bench.useCases.pareto.run(made.id, {});
  expect(front.items.every(({ trial: { studyId } }) => studyId === made.id)).toBe(true);
});

test('a warm study is proposed the same whatever its earlier studies do after it was created', async () => {
  const earlier = await earlierStudy({ trials: 40 }); // still RUNNING
  const spec = { sampler, trials: 3, warmStart: { studyIds: [earlier.id], weight: 0.3 } };
  const made = await bench.createStudy(spec);
  const before = await bench.storage.trials.finishedBefore(made.id, [earlier.id]);
  expect(before.length).toBe(24);
  expect(before.map(({ number }) => number)).toEqual([...before.keys()]);
  for (const one of (await bench.useCases.studies.list({ limit: 9 })).items) {
    if (one.id === made.id) await bench.useCases.studies.stop(one.id);
  }
  await bench.complete({ accuracy: 0.99 });
  expect(await bench.storage.trials.finishedBefore(made.id, [earlier.id])).toEqual(before);
});

test('CreateStudy.run() names earlier studies that do not exist, have other objectives or share no configuration', async () => {
  const earlier = await earlierStudy();
  const refused = (changes: Partial<StudySpec>, weight = 0.5, studyIds = [earlier.id]) =>
    problemsOf({ ...changes, warmStart: { studyIds, weight } });
  expect(await refused({}, 0.5, [earlier.id, missing, earlier.id])).toEqual([
    { field: 'warmStart.studyIds[1]', value: missing, allowed: 'the id of a study' },
    { field: 'warmStart.studyIds[2]', value: earlier.id, allowed: 'different from the entries before it' },
  ]);
  expect(await refused({ objectives: [{ metric: 'accuracy', direction: 'maximize' }] })).toEqual([
    {
      field: 'warmStart.studyIds[0]',
      value: earlier.id,
      allowed: 'the id of a study with the objectives accuracy (this one has accuracy, latencyP95Ms)',
    },
  ]);
  expect(await refused({}, 0)).toMatchObject([{ field: 'warmStart.weight', value: 0, allowed: 'a number in (0, 1]' }]);
  const space = makeStudySpec({ datasetId: 'd' }).searchSpace;
  const apart: [Partial<StudySpec['searchSpace']>, string][] = [
    [{ architecture: ['squeezenet1_1'] }, 'architecture'],
    [{ retrainDepth: ['scratch'] }, 'retrain depth'],
    [{ learningRate: { low: 1, high: 2 } }, 'learning rate'],
    [{ epochs: [50] }, 'epochs'],
  ];
  for (const [changes, name] of apart) {
    const [{ allowed }] = await refused({ searchSpace: { ...space, ...changes } });
    expect(allowed).toContain(`this one shares no ${name}`);
  }
});

test('a baseline is trial 0, before what is enqueued, says its rule, and is one of the trials', async () => {
  const point: TrialParameters = { architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.01, epochs: 3 };
  expect(await problemsOf({ trials: 1, baseline: true, enqueue: [point] })).toEqual([
    { field: 'enqueue', value: 1, allowed: 'at most trials (1) less the baseline: 0 entries' },
  ]);
  const made = await bench.createStudy({ trials: 2, baseline: true, enqueue: [point] });
  const first = await bench.claimTrial();
  expect(first).toMatchObject({ number: 0, parameters: { retrainDepth: 'deep', learningRate: 0.003, epochs: 5 } });
  expect((await bench.claimTrial()).parameters).toEqual(point);
  expect(await bench.claim()).toBeNull();
  const { items } = await bench.useCases.trials.list(made.id, { limit: 9 });
  expect(items.map(({ userAttrs }) => userAttrs)).toEqual([
    { baseline: expect.objectContaining({ rule: 'BiT-HyperRule', trainImages: 245, steps: 500, epochs: 33 }) },
    {},
  ]);
});

test('POST /v1/studies takes baseline and warmStart, and refuses what is wrong with them by name', async () => {
  const api = await TestApi.start();
  try {
    const datasetId = (await api.readyDataset()).id;
    const first = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId, { baseline: true }));
    const shown = await api.ok(trial, 'GET', `/v1/studies/${first.id}/trials/0`);
    expect(shown).toMatchObject({ state: 'WAITING', userAttrs: { baseline: { rule: 'BiT-HyperRule' } } });
    const warm = studyInput(datasetId, { warmStart: { studyIds: [first.id] } });
    const second = await api.ok(study, 'POST', '/v1/studies', warm);
    expect(second.spec.warmStart).toEqual({ studyIds: [first.id], weight: 0.5 });
    expect(second.counts.WAITING).toBe(0);
    const unknown = studyInput(datasetId, { warmStart: { studyIds: [missing], weight: 1 } });
    expect((await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', unknown)).errors).toEqual([
      { field: 'warmStart.studyIds[0]', value: missing, allowed: 'the id of a study' },
    ]);
    const heavy = { ...warm, warmStart: { studyIds: [], weight: 2 } };
    const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', heavy);
    expect(errors?.map(({ field }) => field)).toEqual(['warmStart.studyIds', 'warmStart.weight']);
  } finally {
    await api.stop();
  }
});
