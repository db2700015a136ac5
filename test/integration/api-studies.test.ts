import { afterAll, beforeAll, expect, test } from 'vitest';
import { page, paretoFront, study, trial } from '#api-contract';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';

let api: TestApi;
let datasetId: string;
beforeAll(async () => {
  api = await TestApi.start();
  datasetId = (await api.readyDataset()).id;
});
afterAll(() => api.stop());

const missing = '00000000-0000-4000-8000-000000000000';

test('POST /v1/studies creates a study with every default filled in', async () => {
  const created = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId));
  expect(created).toMatchObject({
    name: 'insects',
    state: 'RUNNING',
    datasetName: 'insects',
    counts: { WAITING: 0, RUNNING: 0, COMPLETE: 0, PRUNED: 0, FAIL: 0 },
    progress: { finished: 0, total: 4 },
    bestTrialNumber: null,
    finishedAt: null,
  });
  expect(created.spec).toMatchObject({
    training: {
      imageSize: 64,
      batchSize: 16,
      momentum: 0.9,
      weightDecay: 0.0001,
      headInit: 'probe',
      featureDtype: 'fp32',
      latencyBatch: 4,
      seed: 0,
    },
    objectives: [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'latencyP95Ms', direction: 'minimize' },
    ],
    maxAttempts: 3,
  });
  expect(created.spec.training.augmentation).toBeUndefined();
  expect(await api.ok(study, 'GET', `/v1/studies/${created.id}`)).toEqual(created);
});

test('POST /v1/studies names every wrong field with its value and what is allowed', async () => {
  const input = studyInput(datasetId);
  const wrong = {
    ...input,
    name: '',
    searchSpace: { ...input.searchSpace, learningRate: { low: 0, high: 0.1 }, retrainDepth: ['deeper'] },
    trials: 0,
    colour: 'red',
  };
  const { errors, detail } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', wrong);
  expect(errors).toEqual([
    { field: 'name', value: '', allowed: 'text of 1 to 120 characters' },
    {
      field: 'searchSpace.retrainDepth[0]',
      value: 'deeper',
      allowed: 'one of shallow, partial, deep, scratch',
    },
    { field: 'searchSpace.learningRate.low', value: 0, allowed: 'a number in (0, 10]' },
    { field: 'trials', value: 0, allowed: 'an integer in [1, 100000]' },
    expect.objectContaining({ field: 'colour', value: 'red' }),
  ]);
  expect(detail).toContain('searchSpace.learningRate.low is 0, must be a number in (0, 10]');
});

test('POST /v1/studies takes schedules that do not depend on the number of epochs, and constant where none is named', async () => {
  const create = (training: object) => ({ ...studyInput(datasetId), training });
  const schedule = { kind: 'steps', at: [10, 15], factor: 0.1 };
  const { spec } = await api.ok(study, 'POST', '/v1/studies', create({ schedule }));
  expect(spec.training.schedule).toEqual(schedule);
  expect((await api.ok(study, 'POST', '/v1/studies', create({}))).spec.training.schedule).toEqual({ kind: 'constant' });
  for (const [wrong, field] of [
    [{ kind: 'cosine' }, 'training.schedule.kind'],
    [{ kind: 'warmup', epochs: 0 }, 'training.schedule.epochs'],
    [{ kind: 'steps', at: [5, 5], factor: 0.1 }, 'training.schedule.at'],
    [{ kind: 'steps', at: [5], factor: 1 }, 'training.schedule.factor'],
  ] as const) {
    const body = create({ schedule: wrong });
    const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', body);
    expect(errors).toMatchObject([{ field }]);
  }
});

test('POST /v1/studies takes an augmentation and how features are kept', async () => {
  const create = (training: object) => ({ ...studyInput(datasetId), training });
  const asked = { augmentation: { views: 4 }, featureDtype: 'fp16' };
  const created = await api.ok(study, 'POST', '/v1/studies', create(asked));
  expect(created.spec.training).toMatchObject({
    augmentation: { views: 4, flip: true, shift: 0.1 },
    featureDtype: 'fp16',
  });
  expect(await api.ok(study, 'GET', `/v1/studies/${created.id}`)).toEqual(created);
  for (const [wrong, problem] of [
    [{ augmentation: { views: 33 } }, { field: 'training.augmentation.views', allowed: 'an integer in [1, 32]' }],
    [{ augmentation: { views: 0 } }, { field: 'training.augmentation.views', value: 0 }],
    [{ augmentation: {} }, { field: 'training.augmentation.views' }],
    [{ augmentation: { views: 2, shift: 0.6 } }, { field: 'training.augmentation.shift', value: 0.6 }],
    [{ augmentation: { views: 2, flip: false, shift: 0 } }, { field: 'training.augmentation.shift', value: 0 }],
    [{ augmentation: { views: 2, crop: true } }, { field: 'training.augmentation.crop' }],
    [{ featureDtype: 'fp8' }, { field: 'training.featureDtype', value: 'fp8', allowed: 'one of fp32, fp16' }],
  ] as const) {
    const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', create(wrong));
    expect(errors).toMatchObject([problem]);
  }
});

test('POST /v1/studies checks the options of a wrapped pruner, and whether options fit together', async () => {
  const refused = async (pruner: { name: string; options: Record<string, unknown> }) =>
    (await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', { ...studyInput(datasetId), pruner })).errors;
  expect(
    await refused({ name: 'patient', options: { patience: -1, wrapped: 'asha', wrappedOptions: { minResource: 0 } } }),
  ).toEqual([{ field: 'pruner.options.patience', value: -1, allowed: 'an integer >= 0' }]);
  expect(await refused({ name: 'patient', options: { wrapped: 'asha', wrappedOptions: { minResource: 0 } } })).toEqual([
    { field: 'pruner.options.wrappedOptions.minResource', value: 0, allowed: 'an integer >= 1, or null' },
  ]);
  expect(await refused({ name: 'hyperband', options: { bootstrapCount: 2 } })).toEqual([
    { field: 'pruner.options.bootstrapCount', value: 2, allowed: '0 where maxResource is null' },
  ]);
});

test('POST /v1/studies keeps a learning-rate range per retrain depth, and names what is wrong with one', async () => {
  const input = studyInput(datasetId);
  const withRange = (scratch: object) => ({
    ...input,
    searchSpace: { ...input.searchSpace, learningRate: { low: 0.001, high: 0.1, perDepth: { scratch } } },
  });
  const created = await api.ok(study, 'POST', '/v1/studies', withRange({ low: 0.2, high: 0.3 }));
  expect(created.spec.searchSpace.learningRate).toEqual({
    low: 0.001,
    high: 0.1,
    perDepth: { scratch: { low: 0.2, high: 0.3 } },
  });
  const shape = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', withRange({ low: 0, high: 0.3 }));
  expect(shape.errors).toEqual([
    { field: 'searchSpace.learningRate.perDepth.scratch.low', value: 0, allowed: 'a number in (0, 10]' },
  ]);
  const meaning = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', {
    ...input,
    searchSpace: {
      ...input.searchSpace,
      learningRate: { low: 0.001, high: 0.1, perDepth: { deep: { low: 0.2, high: 0.3 } } },
    },
  });
  expect(meaning.errors).toEqual([
    {
      field: 'searchSpace.learningRate.perDepth.deep',
      value: { low: 0.2, high: 0.3 },
      allowed: 'a retrain depth of the study (scratch)',
    },
  ]);
});

test('POST /v1/studies names what only the service can know to be wrong', async () => {
  const input = studyInput(datasetId);
  const searchSpace = { ...input.searchSpace, architecture: ['resnet19'] };
  const answer = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', {
    ...input,
    datasetId: missing,
    searchSpace,
    sampler: { name: 'guess' },
  });
  expect(answer.errors?.map(({ field }) => field).sort()).toEqual([
    'datasetId',
    'sampler.name',
    'searchSpace.architecture[0]',
  ]);
  expect(answer.errors?.find(({ field }) => field === 'searchSpace.architecture[0]')?.allowed).toContain('resnet18');
});

test('GET /v1/studies/:id refuses an id that is none, and one that nobody has', async () => {
  const answer = await api.refused(400, 'INVALID_INPUT', 'GET', '/v1/studies/first');
  expect(answer.errors).toEqual([{ field: 'id', value: 'first', allowed: 'a UUID' }]);
  for (const path of ['', '/trials', '/trials/0', '/trials/0/curve', '/pareto', '/events', '/exports']) {
    await api.refused(404, 'NOT_FOUND', 'GET', `/v1/studies/${missing}${path}`);
  }
});

test('POST /v1/studies/:id/stop and /resume can be repeated', async () => {
  const { id } = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId));
  for (let times = 0; times < 2; times++) {
    expect((await api.ok(study, 'POST', `/v1/studies/${id}/stop`, undefined, 200)).state).toBe('STOPPED');
  }
  for (let times = 0; times < 2; times++) {
    expect((await api.ok(study, 'POST', `/v1/studies/${id}/resume`, undefined, 200)).state).toBe('RUNNING');
  }
  await api.refused(404, 'NOT_FOUND', 'POST', `/v1/studies/${missing}/stop`);
});

test('GET /v1/studies pages through all studies, newest first, each once', async () => {
  const made: string[] = [];
  for (let count = 0; count < 5; count++) {
    made.unshift((await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId, { name: `page ${count}` }))).id);
  }
  await api.ok(study, 'POST', `/v1/studies/${made[1]}/stop`, undefined, 200);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '?limit=2' : `?limit=2&cursor=${encodeURIComponent(cursor)}`;
    const { items, nextCursor } = await api.ok(page(study), 'GET', `/v1/studies${query}`);
    expect(items.length).toBeLessThanOrEqual(2);
    seen.push(...items.map(({ id }) => id));
    cursor = nextCursor;
  } while (cursor !== null);
  expect(seen.slice(0, 5)).toEqual(made);
  expect(new Set(seen).size).toBe(seen.length);
  const stopped = await api.ok(page(study), 'GET', '/v1/studies?state=STOPPED');
  expect(stopped.items.map(({ id }) => id)).toEqual([made[1]]);
});

test('listings refuse queries that mean nothing', async () => {
  const range = await api.refused(400, 'INVALID_INPUT', 'GET', '/v1/studies?limit=0');
  expect(range.errors).toEqual([{ field: 'limit', value: '0', allowed: 'an integer in [1, 500]' }]);
  const typo = await api.refused(400, 'INVALID_INPUT', 'GET', '/v1/studies?stat=RUNNING');
  expect(typo.errors?.[0].field).toBe('stat');
  const twice = await api.refused(400, 'INVALID_INPUT', 'GET', '/v1/studies?state=RUNNING&state=STOPPED');
  expect(twice.errors?.[0].field).toBe('state');
  for (const cursor of ['nonsense', "'; DROP TABLE study; --", 'eyJ4IjoxfQ', '9'.repeat(200)]) {
    const answer = await api.refused(400, 'INVALID_INPUT', 'GET', `/v1/studies?cursor=${encodeURIComponent(cursor)}`);
    expect(answer.errors?.[0].field).toBe('cursor');
  }
});

test('a study without finished trials has an empty front that says why', async () => {
  const { id } = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId));
  const front = await api.ok(paretoFront, 'GET', `/v1/studies/${id}/pareto?maxLatencyMs=20&minAccuracy=0.9`);
  expect(front).toMatchObject({ studyId: id, items: [], considered: 0, feasible: 0 });
  expect(front.explanation).toEqual(expect.any(String));
  for (const value of ['', ' ', 'fast']) {
    const path = `/v1/studies/${id}/pareto?minAccuracy=${encodeURIComponent(value)}`;
    const { errors } = await api.refused(400, 'INVALID_INPUT', 'GET', path);
    expect(errors).toEqual([{ field: 'minAccuracy', value, allowed: 'a number in [0, 1]' }]);
  }
  const wrong = await api.refused(400, 'INVALID_INPUT', 'GET', `/v1/studies/${id}/pareto?minAccuracy=80&maxLatency=1`);
  expect(wrong.errors?.map(({ field, allowed }) => [field, allowed])).toEqual([
    ['minAccuracy', 'a number in [0, 1]'],
    ['maxLatency', expect.stringContaining('maxLatencyMs')],
  ]);
});

test('enqueued trials are there at once, in order, and can be filtered', async () => {
  const enqueue = [3, 1, 2].map((epochs) => ({
    architecture: epochs === 1 ? 'resnet18' : 'squeezenet1_1',
    retrainDepth: 'scratch' as const,
    learningRate: 0.01,
    epochs,
  }));
  const { id } = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId, { enqueue }));
  const path = `/v1/studies/${id}/trials`;
  const all = await api.ok(page(trial), 'GET', path);
  expect(all.items.map(({ number, state, parameters }) => [number, state, parameters.epochs])).toEqual([
    [0, 'WAITING', 3],
    [1, 'WAITING', 1],
    [2, 'WAITING', 2],
  ]);
  const filtered = await api.ok(page(trial), 'GET', `${path}?architecture=squeezenet1_1&state=WAITING&order=desc`);
  expect(filtered.items.map(({ number }) => number)).toEqual([2, 0]);
  expect((await api.ok(page(trial), 'GET', `${path}?retrainDepth=deep`)).items).toEqual([]);
  expect(await api.ok(trial, 'GET', `${path}/1`)).toEqual(all.items[1]);
  await api.refused(404, 'NOT_FOUND', 'GET', `${path}/3`);
  const answer = await api.refused(400, 'INVALID_INPUT', 'GET', `${path}/-1`);
  expect(answer.errors?.[0]).toMatchObject({ field: 'number', value: '-1' });
});
