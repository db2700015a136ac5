import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataset, datasetImage, page } from '#api-contract';
import { drawPictures } from '../support/draw-pictures.js';
import { TestApi } from '../support/test-api.js';

let api: TestApi;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retune pictures ')); // with spaces on purpose
  const names = ['1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg'];
  await drawPictures(join(folder, 'good'), [
    ...names.map((name) => `ant/${name}`),
    ...names.map((name) => `bee/${name}`),
  ]);
  await writeFile(join(folder, 'good', 'ant', 'broken.jpg'), 'no picture');
  await drawPictures(join(folder, 'one-class'), ['ant/1.jpg', 'ant/2.jpg']);
  api = await TestApi.start();
});
afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true, force: true });
});

const missing = '00000000-0000-4000-8000-000000000000';

test('POST /v1/datasets imports a folder in the background and lists its images', async () => {
  const request = { name: ' insects ', path: join(folder, 'good'), validationFraction: 0.4, seed: 3 };
  const begun = await api.ok(dataset, 'POST', '/v1/datasets', request);
  expect(begun).toMatchObject({ name: 'insects', state: 'IMPORTING', version: null, failure: null, imageCount: 0 });
  await api.api.importsDone();
  const ready = await api.ok(dataset, 'GET', `/v1/datasets/${begun.id}`);
  expect(ready).toMatchObject({
    state: 'READY',
    progress: { done: 11, total: 11 },
    classes: [
      { name: 'ant', train: 3, validation: 2, test: 0 },
      { name: 'bee', train: 3, validation: 2, test: 0 },
    ],
    imageCount: 10,
    rejected: [{ path: 'ant/broken.jpg', reason: expect.any(String) }],
  });
  const path = `/v1/datasets/${begun.id}/images`;
  const first = await api.ok(page(datasetImage), 'GET', `${path}?limit=6`);
  const rest = await api.ok(page(datasetImage), 'GET', `${path}?limit=6&cursor=${first.nextCursor}`);
  expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([6, 4, null]);
  const images = [...first.items, ...rest.items];
  expect(images.map((image) => image.path)).toEqual(images.map((image) => image.path).sort());
  expect(images[0]).toMatchObject({ path: 'ant/1.jpg', className: 'ant', width: 40, height: 30 });
  expect(images.reduce((total, image) => total + image.bytes, 0)).toBe(ready.sizeBytes);
  const validation = await api.ok(page(datasetImage), 'GET', `${path}?split=validation`);
  expect(validation.items).toHaveLength(4);
  const wrong = await api.refused(400, 'INVALID_INPUT', 'GET', `${path}?cursor=-1`);
  expect(wrong.errors?.[0].field).toBe('cursor');
});

test('an import that cannot be used is FAILED with the reason', async () => {
  const request = { name: 'one class', path: join(folder, 'one-class') };
  const { id } = await api.ok(dataset, 'POST', '/v1/datasets', request);
  await api.api.importsDone();
  const failed = await api.ok(dataset, 'GET', `/v1/datasets/${id}`);
  expect(failed).toMatchObject({ state: 'FAILED', version: null });
  expect(failed.failure).toContain('at least 2 classes');
});

test('POST /v1/datasets refuses a path that is no folder, naming the field', async () => {
  for (const [path, allowed] of [
    ['pictures', 'an absolute path'],
    [join(folder, 'nowhere'), 'the absolute path of a folder that exists and can be read'],
    [join(folder, 'good', 'ant', '1.jpg'), 'a folder (this is a file)'],
  ]) {
    const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/datasets', { name: 'x', path });
    expect(errors).toEqual([{ field: 'path', value: path, allowed }]);
  }
  const range = { name: 'x', path: folder, validationFraction: 0.9 };
  const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/datasets', range);
  expect(errors).toEqual([{ field: 'validationFraction', value: 0.9, allowed: 'a number in [0.05, 0.5]' }]);
});

test('GET /v1/datasets lists the newest first, or those of one name', async () => {
  const older = await api.readyDataset('twins');
  const newer = await api.readyDataset('twins');
  const datasetList = page(dataset);
  const { items } = await api.ok(datasetList, 'GET', '/v1/datasets?name=twins');
  expect(items.map(({ id }) => id)).toEqual([newer.id, older.id]);
  const all = await api.ok(datasetList, 'GET', '/v1/datasets');
  expect(all.items.slice(0, 2).map(({ id }) => id)).toEqual([newer.id, older.id]);
  expect((await api.ok(datasetList, 'GET', '/v1/datasets?name=nobody')).items).toEqual([]);
});

test('GET /v1/datasets pages, and names ten of the refused files where the dataset itself names all', async () => {
  const rejected = Array.from({ length: 12 }, (_, index) => ({ path: `${index}.txt`, reason: 'no picture' }));
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) ids.unshift((await api.readyDataset('refusing', { rejected })).id);
  const seen: string[] = [];
  for (let path = '&limit=2'; path !== ''; ) {
    const { items, nextCursor } = await api.ok(page(dataset), 'GET', `/v1/datasets?name=refusing${path}`);
    for (const item of items) expect(item).toMatchObject({ rejectedCount: 12, rejected: rejected.slice(0, 10) });
    seen.push(...items.map(({ id }) => id));
    path = nextCursor === null ? '' : `&limit=2&cursor=${nextCursor}`;
  }
  expect(seen).toEqual(ids);
  const whole = await api.ok(dataset, 'GET', `/v1/datasets/${ids[0]}`);
  expect(whole).toMatchObject({ rejectedCount: 12, rejected });
});

test('GET /v1/datasets/:id refuses what nobody has', async () => {
  await api.refused(404, 'NOT_FOUND', 'GET', `/v1/datasets/${missing}`);
  await api.refused(404, 'NOT_FOUND', 'GET', `/v1/datasets/${missing}/images`);
  await api.refused(400, 'INVALID_INPUT', 'GET', '/v1/datasets/1');
});

test('an import that was cut off with its process begins anew at the next start', async () => {
  const { id } = await api.storage.datasets.insert({
    name: 'cut off',
    path: join(folder, 'good'),
    validationFraction: 0.2,
    seed: 0,
  });
  await api.storage.datasets.setProgress(id, 7, 11);
  await api.restart();
  await api.api.importsDone();
  expect(await api.ok(dataset, 'GET', `/v1/datasets/${id}`)).toMatchObject({ state: 'READY', imageCount: 10 });
});

test('POST /v1/datasets refuses a path outside the allowed folders alike, whether it leads somewhere or not', async () => {
  const root = join(folder, 'allowed');
  await mkdir(root);
  await symlink(join(folder, 'good'), join(root, 'link'));
  await api.restart({ datasetRoots: [root, join(folder, 'no root')] });
  const outside = ['good', 'good/ant/1.jpg', 'nowhere', 'allowed/../good', 'allowed/link', 'allowed/link/nowhere'];
  for (const path of [...outside.map((name) => join(folder, name)), `${root}/../good`]) {
    const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/datasets', { name: 'outside', path });
    const allowed = `a folder inside ${root} or ${join(folder, 'no root')} that exists and can be read`;
    expect(errors).toEqual([{ field: 'path', value: path, allowed }]);
  }
  await api.restart({ datasetRoots: [folder] });
  const file = join(folder, 'good', 'ant', '1.jpg');
  const { errors } = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/datasets', { name: 'file', path: file });
  expect(errors).toEqual([{ field: 'path', value: file, allowed: 'a folder (this is a file)' }]);
  const inside = { name: 'inside', path: join(folder, 'good') };
  const { id } = await api.ok(dataset, 'POST', '/v1/datasets', inside);
  await api.api.importsDone();
  expect(await api.ok(dataset, 'GET', `/v1/datasets/${id}`)).toMatchObject({ state: 'READY' });
  await api.restart({ datasetRoots: null });
});
