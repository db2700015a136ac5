import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, page, profile, remeasureResponse } from '#api-contract';
import { architectureProfile, claimRequest } from '../support/fake-work.js';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';

const runtime = 'onnxruntime 1.0.0';
let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
  const { id } = await api.readyDataset();
  const { searchSpace } = studyInput(id);
  const body = studyInput(id, { searchSpace: { ...searchSpace, architecture: ['squeezenet1_1', 'resnet18'] } });
  expect((await api.call('POST', '/v1/studies', body)).status).toBe(201);
});
afterAll(() => api.stop());

async function claimProfile() {
  const request = claimRequest('one');
  const work = await api.ok(
    claim,
    'POST',
    '/v1/worker/claim',
    { ...request, device: { ...request.device, runtime } },
    200,
  );
  if (work.kind !== 'profile') throw new Error(`Expected a profile, got ${work.kind}`);
  return work;
}

const of = (id: string, verb: string) => `/v1/worker/preparations/${id}/${verb}`;
const send = (path: string, body: unknown) => api.call('POST', path, body, api.workerHeaders);

test('a profile is claimed, kept, given back, finished and listed; what is on record can be measured anew', async () => {
  const first = await claimProfile();
  expect(first).toMatchObject({ architecture: 'squeezenet1_1', classes: 2, batches: [1, 4, 16], attempt: 1 });
  expect((await send(of(first.preparationId, 'heartbeat'), { attempt: 1 })).body).toMatchObject({ cancel: false });
  expect((await send(of(first.preparationId, 'release'), { attempt: 1 })).status).toBe(204);
  await api.refused(409, 'LEASE_LOST', 'POST', of(first.preparationId, 'heartbeat'), { attempt: 1 });
  const again = await claimProfile();
  expect(again).toMatchObject({ preparationId: first.preparationId, attempt: 2 });
  const finish = { state: 'COMPLETE', attempt: 2, profile: architectureProfile([1, 4, 16]) };
  const short = { ...finish, profile: architectureProfile([1, 4]) };
  await api.refused(400, 'INVALID_INPUT', 'POST', of(again.preparationId, 'finish'), short);
  for (const _ of [1, 2]) expect((await send(of(again.preparationId, 'finish'), finish)).status).toBe(204);
  const second = await claimProfile();
  const failed = { state: 'FAIL', attempt: 1, failReason: 'out_of_memory', message: 'too large' };
  expect((await send(of(second.preparationId, 'finish'), failed)).status).toBe(204);

  const { items, nextCursor } = await api.ok(page(profile), 'GET', '/v1/profiles?limit=1');
  expect(items).toMatchObject([
    { architecture: 'resnet18', state: 'FAIL', failReason: 'out_of_memory', statistics: null, measuredAt: null },
  ]);
  const rest = await api.ok(page(profile), 'GET', `/v1/profiles?limit=1&cursor=${nextCursor}`);
  expect(rest).toMatchObject({ nextCursor: null });
  expect(rest.items).toMatchObject([
    {
      architecture: 'squeezenet1_1',
      ...{ classes: 2, imageSize: 64, threads: 2, runtime, state: 'COMPLETE', drift: null },
      device: { class: 'cpu', name: 'two cores' },
      statistics: architectureProfile([1, 4, 16]),
    },
  ]);
  const named = await api.ok(page(profile), 'GET', '/v1/profiles?architecture=squeezenet1_1&device=two%20cores');
  expect(named.items.map(({ id }) => id)).toEqual([first.preparationId]);
  expect((await api.ok(page(profile), 'GET', '/v1/profiles?device=cuda')).items).toEqual([]);

  const remeasure = (body: object) => api.ok(remeasureResponse, 'POST', '/v1/profiles/remeasure', body, 202);
  expect(await remeasure({ architecture: 'vgg16' })).toEqual({ profiles: 0 });
  expect(await remeasure({ device: 'cpu' })).toEqual({ profiles: 2 });
  const waiting = await api.ok(page(profile), 'GET', '/v1/profiles?architecture=squeezenet1_1');
  expect(waiting.items).toMatchObject([{ state: 'WAITING', statistics: { sizeBytes: 4_000_000 } }]);
  expect((await claimProfile()).attempt).toBeGreaterThan(1);
});

test('profiles refuse a field that nobody knows, and work without the token', async () => {
  await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/profiles/remeasure', { card: 'x' });
  await api.refused(400, 'INVALID_INPUT', 'GET', '/v1/profiles?limit=0');
  const path = of('11111111-1111-4111-8111-111111111111', 'heartbeat');
  expect((await api.call('POST', path, { attempt: 1 })).status).toBe(401);
  await api.refused(409, 'LEASE_LOST', 'POST', path, { attempt: 1 });
});
