import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { architectureCard, architectureList, study, trialClaim } from '#api-contract';
import { listWeightsEntry } from '../support/list-weights-entry.js';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';

let api: TestApi;
let datasetId: string;
beforeAll(async () => {
  api = await TestApi.start();
  datasetId = (await api.readyDataset()).id;
});
afterAll(() => api.stop());
afterEach(() => rmSync(join(api.dataFolder, 'weights'), { recursive: true, force: true }));

const input = studyInput('');
const pretrained = (architecture: string[]) => ({
  searchSpace: { ...input.searchSpace, architecture, retrainDepth: ['shallow' as const, 'scratch' as const] },
});

async function namesOf(architecture: string): Promise<string[]> {
  const { items } = await api.ok(architectureList, 'GET', '/v1/architectures');
  return items.find(({ name }) => name === architecture)?.weights.map(({ name }) => name) ?? [];
}

test('GET /v1/architectures lists weights that were imported while the service runs, before the bundled ones', async () => {
  expect(await namesOf('resnet18')).toEqual(['resnet18-drawn-v1']);
  listWeightsEntry(api.dataFolder, 'my-resnet', 'resnet18');
  expect(await namesOf('resnet18')).toEqual(['my-resnet', 'resnet18-drawn-v1']);
});

test('GET /v1/architectures says which index is damaged', async () => {
  mkdirSync(join(api.dataFolder, 'weights'));
  writeFileSync(join(api.dataFolder, 'weights', 'index.json'), '{');
  const { detail } = await api.refused(500, 'INVALID_WEIGHTS', 'GET', '/v1/architectures');
  expect(detail).toMatch(/index\.json: it is not JSON/);
});

test('GET /v1/architectures/:name shows the whole card, with what is published and whether it is at hand', async () => {
  listWeightsEntry(api.dataFolder, 'resnet50-imagenet1k-v1', 'resnet50', 1000);
  const card = await api.ok(architectureCard, 'GET', '/v1/architectures/resnet50');
  expect(card).toMatchObject({
    heads: [{ name: 'fc', inputs: 2048 }],
    parameterCounts: [
      { classes: 2, parameters: 23_512_130 },
      { classes: 1000, parameters: 25_557_032 },
    ],
    preprocessing: { resize: 256, crop: 224 },
    gigaMacs: 4.089,
    weights: [{ name: 'resnet50-imagenet1k-v1', classes: 1000, bundled: false }],
  });
  expect(card.published.map(({ name, atHand, sha256Prefix }) => [name, atHand, sha256Prefix])).toEqual([
    ['resnet50-imagenet1k-v1', true, '0676ba61'],
    ['resnet50-imagenet1k-v2', false, '11ad3fa6'],
  ]);
  const { detail } = await api.refused(404, 'NOT_FOUND', 'GET', '/v1/architectures/resnet51');
  expect(detail).toContain('resnet50');
});

test('POST /v1/studies pins the weights at hand, and later imports change neither study nor claim', async () => {
  const first = await api.ok(
    study,
    'POST',
    '/v1/studies',
    studyInput(datasetId, pretrained(['resnet18', 'squeezenet1_1'])),
  );
  expect(first.spec.training.weights).toEqual({
    resnet18: 'resnet18-drawn-v1',
    squeezenet1_1: 'squeezenet1_1-drawn-v1',
  });
  listWeightsEntry(api.dataFolder, 'resnet18-imagenet1k-v1', 'resnet18', 1000);
  expect((await api.ok(study, 'GET', `/v1/studies/${first.id}`)).spec).toEqual(first.spec);
  const claim = await api.ok(
    trialClaim,
    'POST',
    '/v1/worker/claim',
    {
      workerId: 'w',
      claimRequestId: '11111111-1111-4111-8111-111111111111',
      device: { class: 'cpu', name: 'x', threads: 1, memoryBytes: 1 },
    },
    200,
  );
  expect(claim.training.weights).toEqual(first.spec.training.weights);
  await api.ok(study, 'POST', `/v1/studies/${first.id}/stop`, undefined, 200);
  const second = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId, pretrained(['resnet18'])));
  expect(second.spec.training.weights).toEqual({ resnet18: 'resnet18-imagenet1k-v1' });
  const weights = { resnet18: 'resnet18-drawn-v1' };
  const third = await api.ok(
    study,
    'POST',
    '/v1/studies',
    studyInput(datasetId, { ...pretrained(['resnet18']), training: { weights } }),
  );
  expect(third.spec.training.weights).toEqual(weights);
});

test('POST /v1/studies names weights that are unknown, and how to get those that are missing', async () => {
  const { errors } = await api.refused(
    400,
    'INVALID_INPUT',
    'POST',
    '/v1/studies',
    studyInput(datasetId, { ...pretrained(['resnet18']), training: { weights: { resnet18: 'resnet18-v7' } } }),
  );
  expect(errors).toEqual([
    {
      field: 'training.weights.resnet18',
      value: 'resnet18-v7',
      allowed: 'one of resnet18-drawn-v1; more with: retune zoo fetch resnet18',
    },
  ]);
  const missing = await api.refused(
    400,
    'INVALID_INPUT',
    'POST',
    '/v1/studies',
    studyInput(datasetId, pretrained(['vgg11'])),
  );
  expect(missing.errors?.[0]).toMatchObject({
    field: 'searchSpace.architecture[0]',
    allowed: expect.stringContaining('retune zoo fetch vgg11'),
  });
});
