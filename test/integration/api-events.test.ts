import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, health, type StudyEvent, study, studyEvent, type TrialClaim } from '#api-contract';
import { claimRequest, reportOf, trialMeasures } from '../support/fake-work.js';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';

let api: TestApi;
let datasetId: string;
beforeAll(async () => {
  api = await TestApi.start();
  datasetId = (await api.readyDataset()).id;
});
afterAll(() => api.stop());

interface Received {
  id: number;
  event: StudyEvent;
}

/** Reads events until there are `count`, then hangs up. Progress, which comes between them as time allows, is no event. */
async function receive(
  path: string,
  count: number,
  headers: Record<string, string> = {},
  from: TestApi = api,
): Promise<Received[]> {
  const hangUp = new AbortController();
  const response = await fetch(from.api.url + path, { headers, signal: hangUp.signal });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const received: Received[] = [];
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    const blocks = text.split('\n\n');
    text = blocks.pop() as string;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
      if (fields.data === undefined) continue;
      const event = studyEvent.parse(JSON.parse(fields.data));
      expect(event.type).toBe(fields.event);
      expect(fields.id === undefined).toBe(event.type === 'study.progress');
      if (event.type === 'study.progress') continue;
      received.push({ id: Number(fields.id), event });
    }
    if (received.length >= count) break;
  }
  hangUp.abort();
  return received;
}

async function workOnOneTrial(): Promise<void> {
  const post = (path: string, body: object) => api.call('POST', `/v1/worker/${path}`, body, api.workerHeaders);
  const { trialId, attempt } = (await post('claim', claimRequest('one'))).body as { trialId: string; attempt: number };
  await post(`trials/${trialId}/report`, { attempt, report: reportOf(1, 0.8) });
  await post(`trials/${trialId}/finish`, {
    state: 'COMPLETE',
    attempt,
    measures: trialMeasures(),
    checkpoint: { sha256: 'c'.repeat(64), bytes: 1000 },
    initialStateSha256: 'd'.repeat(64),
    weights: null,
  });
}

test('GET events tells everything from the first event on, in order, and what happens meanwhile', async () => {
  const { id } = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId, { trials: 2 }));
  const path = `/v1/studies/${id}/events?after=0`;
  await workOnOneTrial();
  const following = receive(path, 8);
  await workOnOneTrial();
  const received = await following;
  const told = received.map(({ event }) => ('number' in event ? `${event.type} ${event.number}` : event.type));
  expect(told).toEqual([
    'study.state',
    'trial.started 0',
    'trial.reported 0',
    'trial.finished 0',
    'trial.started 1',
    'trial.reported 1',
    'trial.finished 1',
    'study.state',
  ]);
  expect(received[3].event).toMatchObject({ state: 'COMPLETE', accuracy: 0.8, latencyP95Ms: 12, onFront: true });
  expect(received[7].event).toMatchObject({ state: 'COMPLETE' });
  const ids = received.map((entry) => entry.id);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));

  // Whoever was cut off after the third event gets exactly the rest, by header or by query; the header is stronger.
  const resumed = await receive(path, 5, { 'Last-Event-ID': String(ids[2]) });
  expect(resumed).toEqual(received.slice(3));
  expect(await receive(`/v1/studies/${id}/events?after=${ids[5]}`, 2)).toEqual(received.slice(6));
});

test('GET events without a place to begin tells what happens from now on, and where now is', async () => {
  const { id } = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId, { trials: 1 }));
  const lastId = await api.storage.events.lastId(id);
  const hangUp = new AbortController();
  const response = await fetch(`${api.api.url}/v1/studies/${id}/events`, { signal: hangUp.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(`retry: 2000\nid: ${lastId}\n\n`);
  await api.ok(study, 'POST', `/v1/studies/${id}/stop`, undefined, 200);
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain('"state":"STOPPED"');
  hangUp.abort();
});

test('GET events refuses a place that is none', async () => {
  const { id } = await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId));
  const answer = await api.call('GET', `/v1/studies/${id}/events`, undefined, { 'Last-Event-ID': 'x' });
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'Last-Event-ID' }] } });
  await api.refused(400, 'INVALID_INPUT', 'GET', `/v1/studies/${id}/events?after=-1`);
  const { errors } = await api.refused(400, 'INVALID_INPUT', 'GET', `/v1/studies/${id}/events?after=`);
  expect(errors).toEqual([{ field: 'after', value: '', allowed: 'an integer >= 0' }]);
  await api.ok(study, 'POST', `/v1/studies/${id}/stop`, undefined, 200);
});

test('a trial whose worker is silent is swept back into the queue, and everybody is told', async () => {
  const hasty = await TestApi.start({ leaseSeconds: 0.3, heartbeatSeconds: 0.1, reapSeconds: 0.1 });
  try {
    const dataset = await hasty.readyDataset();
    const { id } = await hasty.ok(study, 'POST', '/v1/studies', studyInput(dataset.id, { trials: 1 }));
    const { trialId } = (await hasty.ok(claim, 'POST', '/v1/worker/claim', claimRequest('silent'), 200)) as TrialClaim;
    const received = await receive(`/v1/studies/${id}/events?after=0`, 3, {}, hasty);
    expect(received[2].event).toMatchObject({ type: 'trial.requeued', number: 0, reason: 'lease_expired' });
    await hasty.refused(409, 'LEASE_LOST', 'POST', `/v1/worker/trials/${trialId}/heartbeat`, { attempt: 1 });
    const { lastReapSeconds } = await hasty.ok(health, 'GET', '/health/ready');
    expect(lastReapSeconds).toBeGreaterThanOrEqual(0);
  } finally {
    await hasty.stop();
  }
});

test('a service that stops ends its event streams', async () => {
  const other = await TestApi.start();
  const dataset = await other.readyDataset();
  const { id } = await other.ok(study, 'POST', '/v1/studies', studyInput(dataset.id));
  const response = await fetch(`${other.api.url}/v1/studies/${id}/events`);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await other.stop(); // without forceCloseConnections it would never end
  const next = await reader.read().catch(() => ({ done: true }));
  expect(next.done).toBe(true);
});
