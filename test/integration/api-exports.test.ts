import { createHash } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, exportedModel, heartbeatResponse, page, study } from '#api-contract';
import { ArtifactStore } from '#artifacts';
import { claimRequest, exportVerification, reportOf, trialMeasures } from '../support/fake-work.js';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';

let api: TestApi;
let artifacts: ArtifactStore;
let studyId: string;

/** A study with two finished trials: 0 is accurate and slow, 1 fast and less accurate. */
beforeAll(async () => {
  api = await TestApi.start();
  artifacts = new ArtifactStore(join(api.dataFolder, 'artifacts'));
  const { id: datasetId } = await api.readyDataset();
  studyId = (await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId, { trials: 3 }))).id;
  for (const measures of [
    { accuracy: 0.9, correct: 18, latencyP95Ms: 40 },
    { accuracy: 0.75, correct: 15, latencyP95Ms: 11 },
  ]) {
    const work = await api.ok(claim, 'POST', '/v1/worker/claim', claimRequest('trainer'), 200);
    if (work.kind !== 'trial') throw new Error('expected a trial');
    const path = `/v1/worker/trials/${work.trialId}`;
    const { attempt } = work;
    await api.call('POST', `${path}/report`, { attempt, report: reportOf(1, measures.accuracy) }, api.workerHeaders);
    const result = {
      state: 'COMPLETE',
      attempt,
      measures: trialMeasures(measures),
      checkpoint: { sha256: 'c'.repeat(64), bytes: 1000 },
      initialStateSha256: 'd'.repeat(64),
      weights: null,
    };
    expect(await api.call('POST', `${path}/finish`, result, api.workerHeaders)).toMatchObject({ status: 204 });
  }
});
afterAll(() => api.stop());

const sha256Of = (bytes: Buffer, encoding: 'hex' | 'base64') => createHash('sha256').update(bytes).digest(encoding);

const verification = exportVerification();

async function claimExport() {
  const work = await api.ok(claim, 'POST', '/v1/worker/claim', claimRequest('exporter'), 200);
  if (work.kind !== 'export') throw new Error('expected an export');
  return work;
}

test('an export goes from request to download over HTTP', async () => {
  const exported = await api.ok(exportedModel, 'POST', `/v1/studies/${studyId}/exports`, { trialNumber: 0 });
  expect(exported).toMatchObject({ studyId, trialNumber: 0, state: 'WAITING', zip: null, files: [] });
  await api.refused(404, 'NOT_FOUND', 'GET', `/v1/exports/${exported.id}/zip`);

  const work = await claimExport();
  expect(work).toMatchObject({
    exportId: exported.id,
    trialNumber: 0,
    attempt: 1,
    checkpoint: { sha256: 'c'.repeat(64), bytes: 1000 },
    measures: { accuracy: 0.9 },
    reports: [reportOf(1, 0.9)],
    device: { class: 'cpu' },
  });
  const path = `/v1/worker/exports/${exported.id}`;
  const beat = await api.ok(heartbeatResponse, 'POST', `${path}/heartbeat`, { attempt: 1 }, 200);
  expect(beat.cancel).toBe(false);
  const zip = Buffer.from('what a zip holds');
  const labels = Buffer.from('["ant","bee"]');
  const folder = join(api.dataFolder, 'exports', exported.id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'labels.json'), labels);
  await writeFile(join(folder, 'secret.txt'), 'not in the record');
  const result = {
    state: 'READY',
    attempt: 1,
    verification,
    files: [{ name: 'labels.json', bytes: labels.length, sha256: sha256Of(labels, 'hex') }],
    zip: await artifacts.put(zip),
  };
  for (let times = 0; times < 2; times++) {
    expect(await api.call('POST', `${path}/finish`, result, api.workerHeaders)).toMatchObject({ status: 204 });
  }
  const ready = await api.ok(exportedModel, 'GET', `/v1/exports/${exported.id}`);
  expect(ready).toMatchObject({ state: 'READY', verification, failure: null, zip: { bytes: zip.length } });

  const download = await fetch(`${api.api.url}/v1/exports/${exported.id}/zip`);
  expect(download.headers.get('content-type')).toBe('application/zip');
  const fileName = `retune-trial-0-${exported.id.slice(0, 8)}.zip`;
  expect(download.headers.get('content-disposition')).toBe(`attachment; filename="${fileName}"`);
  expect(download.headers.get('content-length')).toBe(String(zip.length));
  expect(download.headers.get('repr-digest')).toBe(`sha-256=:${sha256Of(zip, 'base64')}:`);
  expect(Buffer.from(await download.arrayBuffer())).toEqual(zip);

  const file = await fetch(`${api.api.url}/v1/exports/${exported.id}/files/labels.json`);
  expect(file.headers.get('content-type')).toBe('application/octet-stream');
  expect(await file.text()).toBe('["ant","bee"]');
  await writeFile(join(folder, 'labels.json'), 'cut');
  await api.refused(410, 'ARTIFACT_MISSING', 'GET', `/v1/exports/${exported.id}/files/labels.json`);
  await rm(join(folder, 'labels.json'));
  await symlink(join(folder, 'secret.txt'), join(folder, 'labels.json'));
  await api.refused(410, 'ARTIFACT_MISSING', 'GET', `/v1/exports/${exported.id}/files/labels.json`);
  for (const name of ['model.onnx', 'secret.txt', '..%2F..%2Fworker-token', '%2Fetc%2Fpasswd', '.']) {
    const answer = await api.call('GET', `/v1/exports/${exported.id}/files/${name}`);
    expect([name, answer.status]).toEqual([name, 404]);
  }
});

test('files come from the folder of the attempt that was accepted', async () => {
  const exported = await api.ok(exportedModel, 'POST', `/v1/studies/${studyId}/exports`, { trialNumber: 0 });
  const path = `/v1/worker/exports/${exported.id}`;
  await claimExport();
  await api.call('POST', `${path}/release`, { attempt: 1 }, api.workerHeaders);
  const { attempt } = await claimExport();
  for (const [name, text] of [
    [exported.id, 'old'],
    [`${exported.id}-attempt-2`, 'new'],
  ] as const) {
    await mkdir(join(api.dataFolder, 'exports', name), { recursive: true });
    await writeFile(join(api.dataFolder, 'exports', name, 'labels.json'), text);
  }
  const files = [{ name: 'labels.json', bytes: 3, sha256: sha256Of(Buffer.from('new'), 'hex') }];
  const result = { state: 'READY', attempt, verification, files, zip: await artifacts.put(Buffer.from('zip')) };
  await api.call('POST', `${path}/finish`, result, api.workerHeaders);
  const file = await fetch(`${api.api.url}/v1/exports/${exported.id}/files/labels.json`);
  expect([attempt, await file.text()]).toEqual([2, 'new']);
});

test('a file of an export that was removed from the store is 410', async () => {
  const exported = await api.ok(exportedModel, 'POST', `/v1/studies/${studyId}/exports`, { trialNumber: 0 });
  const { attempt } = await claimExport();
  const gone = { sha256: 'e'.repeat(64), bytes: 5 };
  const files = [{ name: 'labels.json', ...gone }];
  const result = { state: 'READY', attempt, verification, files, zip: gone };
  await api.call('POST', `/v1/worker/exports/${exported.id}/finish`, result, api.workerHeaders);
  await api.refused(410, 'ARTIFACT_MISSING', 'GET', `/v1/exports/${exported.id}/zip`);
  await api.refused(410, 'ARTIFACT_MISSING', 'GET', `/v1/exports/${exported.id}/files/labels.json`);
});

test('POST exports chooses the best trial within the bounds', async () => {
  const path = `/v1/studies/${studyId}/exports`;
  const fast = await api.ok(exportedModel, 'POST', path, { constraints: { maxLatencyMs: 20 } });
  expect(fast.trialNumber).toBe(1);
  const accurate = await api.ok(exportedModel, 'POST', path, { constraints: { minAccuracy: 0.8 } });
  expect(accurate.trialNumber).toBe(0);
  const none = await api.refused(409, 'NO_FEASIBLE_TRIAL', 'POST', path, { constraints: { maxLatencyMs: 1 } });
  expect(none.detail).toContain('latencyP95Ms');
  const first = await api.ok(page(exportedModel), 'GET', `${path}?limit=1`);
  const second = await api.ok(page(exportedModel), 'GET', `${path}?limit=1&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([accurate.id, fast.id]);
});

test('POST exports refuses what cannot be exported', async () => {
  const path = `/v1/studies/${studyId}/exports`;
  await api.refused(404, 'NOT_FOUND', 'POST', path, { trialNumber: 99 });
  const negative = await api.refused(400, 'INVALID_INPUT', 'POST', path, { trialNumber: -1 });
  expect(negative.errors).toEqual([{ field: 'trialNumber', value: -1, allowed: 'an integer in [0, 2147483647]' }]);
  const typo = await api.refused(400, 'INVALID_INPUT', 'POST', path, { constraints: { maxLatency: 5 } });
  expect(typo.errors?.[0].field).toBe('constraints.maxLatency');
  await api.refused(404, 'NOT_FOUND', 'GET', '/v1/exports/00000000-0000-4000-8000-000000000000');
});

test('an export that fails its verification says why, and a lost lease is 409', async () => {
  const { exportId, attempt } = await claimExport();
  const path = `/v1/worker/exports/${exportId}`;
  const message = 'accuracy 0.5 instead of 0.9';
  const failed = { state: 'FAILED', attempt, message };
  expect(await api.call('POST', `${path}/finish`, failed, api.workerHeaders)).toMatchObject({ status: 204 });
  const shown = await api.ok(exportedModel, 'GET', `/v1/exports/${exportId}`);
  expect(shown).toMatchObject({ state: 'FAILED', failure: message, zip: null });
  await api.refused(409, 'LEASE_LOST', 'POST', `${path}/heartbeat`, { attempt });
  await api.refused(409, 'LEASE_LOST', 'POST', `${path}/release`, { attempt });
  await api.refused(409, 'LEASE_LOST', 'POST', `${path}/finish`, { ...failed, message: 'another' });
  const hostile = {
    state: 'READY',
    attempt,
    verification,
    files: [{ name: '../x', sha256: 'e'.repeat(64), bytes: 1 }],
  };
  const wrong = await api.refused(400, 'INVALID_INPUT', 'POST', `${path}/finish`, hostile);
  expect(wrong.errors?.map(({ field }) => field)).toEqual(['files[0].name', 'zip']);
});
