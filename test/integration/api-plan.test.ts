import { afterAll, beforeAll, expect, test } from 'vitest';
import { page, study, studyPlan } from '#api-contract';
import { claimRequest } from '../support/fake-work.js';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';

let api: TestApi;
let datasetId: string;
beforeAll(async () => {
  api = await TestApi.start();
  datasetId = (await api.readyDataset()).id;
});
afterAll(() => api.stop());

test('POST /v1/studies?dryRun=true answers 200 with the plan and stores nothing', async () => {
  const plan = await api.ok(studyPlan, 'POST', '/v1/studies?dryRun=true', studyInput(datasetId), 200);
  expect(plan).toMatchObject({
    name: 'insects',
    dataset: { name: 'insects', train: 80, validation: 20 },
    workers: { alive: 0, devices: [{ class: 'cpu', workers: 1 }] },
    ...{ ruledOut: [], preparations: [], trials: 4, limit: 'trials', reserveSeconds: 0 },
  });
  expect(plan.candidates.map(({ architecture, retrainDepth, source }) => [architecture, retrainDepth, source])).toEqual(
    [
      ['squeezenet1_1', 'scratch', 'guess'],
      ['resnet18', 'scratch', 'guess'],
    ],
  );
  // Four times the multiply-accumulates and more.
  const [small, large] = plan.candidates.map(({ epoch }) => epoch.seconds);
  expect(large).toBeGreaterThan(2 * small);
  for (const { low, seconds, high } of [plan.duration, ...plan.candidates.map(({ epoch }) => epoch)]) {
    expect(low).toBeLessThan(seconds);
    expect(seconds).toBeLessThan(high);
  }
  expect((await api.ok(page(study), 'GET', '/v1/studies')).items).toEqual([]);
});

test('POST /v1/studies?dryRun=true plans for the workers that are alive, and says what ends the study', async () => {
  expect((await api.call('POST', '/v1/worker/claim', claimRequest('a'), api.workerHeaders)).status).toBe(204);
  const input = { ...studyInput(datasetId), trials: undefined, budget: { wallClockSeconds: 50 } };
  const plan = await api.ok(studyPlan, 'POST', '/v1/studies?dryRun=true', input, 200);
  expect(plan.workers).toEqual({ alive: 1, devices: [{ class: 'cpu', name: 'two cores', threads: 2, workers: 1 }] });
  expect(plan).toMatchObject({ limit: 'wallClockSeconds', reserveSeconds: 10 });
  const few = {
    ...studyInput(datasetId),
    searchSpace: { ...input.searchSpace, learningRate: { low: 0.01, high: 0.01 } },
  };
  const finite = await api.ok(studyPlan, 'POST', '/v1/studies?dryRun=true', { ...few, trials: 100 }, 200);
  expect(finite).toMatchObject({ limit: 'searchSpace', trials: 6 });
});

test('POST /v1/studies?dryRun=true names every wrong field as a real one does, and dryRun itself', async () => {
  const wrong = {
    ...studyInput(datasetId),
    searchSpace: { ...studyInput(datasetId).searchSpace, architecture: ['resnet19'] },
  };
  const [planned, created] = [
    await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies?dryRun=true', wrong),
    await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', wrong),
  ];
  expect(planned.errors).toEqual(created.errors);
  expect(planned.errors?.[0]).toMatchObject({ field: 'searchSpace.architecture[0]', value: 'resnet19' });
  const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies?dryRun=maybe', studyInput(datasetId));
  expect(errors).toEqual([{ field: 'dryRun', value: 'maybe', allowed: 'one of true, false' }]);
});

test('POST /v1/studies keeps its budget, shows when it ends, and refuses one that contradicts itself', async () => {
  const deadline = new Date(Date.now() + 3_600_000).toISOString();
  const input = { ...studyInput(datasetId), trials: undefined, budget: { deadline, trials: 7, reserveSeconds: 60 } };
  const created = await api.ok(study, 'POST', '/v1/studies', input);
  expect(created).toMatchObject({
    progress: { total: 7 },
    spec: { trials: 7, budget: { deadline, trials: 7 } },
    budget: { endsAt: deadline, reserveSeconds: 60, spentTrainSeconds: 0 },
  });
  const refused = async (changes: object) =>
    (await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', { ...studyInput(datasetId), ...changes })).errors;
  expect(await refused({ budget: { trials: 5 } })).toEqual([
    { field: 'budget.trials', value: 5, allowed: 'absent, or 4 as in trials' },
  ]);
  expect((await refused({ budget: { deadline: 'tomorrow' } }))?.[0]).toMatchObject({ field: 'budget.deadline' });
  expect((await refused({ budget: { deadline: '2020-01-01T00:00:00Z' } }))?.[0]?.allowed).toMatch(/^a time after now/);
  expect((await refused({ budget: { hours: 3 } }))?.[0]).toMatchObject({ field: 'budget.hours' });
});
