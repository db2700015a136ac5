import { existsSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepLeftovers } from './sweep-leftovers.js';

const id = '33333333-3333-4333-8333-333333333333';
const nowMs = Date.UTC(2030, 0, 1);

test('sweepLeftovers() removes what a killed writer left, and nothing that is finished or still written', async () => {
  const data = mkdtempSync(join(tmpdir(), 'retune-sweep-'));
  const put = (path: string, hoursAgo: number) => {
    const file = join(data, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, nowMs / 1000 - hoursAgo * 3600, nowMs / 1000 - hoursAgo * 3600);
    return file;
  };
  const old = ['cache/pixels/.a.1.tmp', 'cache/features/.b.2.tmp', 'artifacts/incoming/c.tmp'];
  const kept = [
    ...['cache/pixels/a.pixels', 'cache/features/b.features', `exports/${id}/model.onnx`].map((path) => put(path, 99)),
    put('artifacts/incoming/young.tmp', 0.5),
  ];
  for (const path of old) put(path, 2);
  put(`exports/.${id}.x/model.onnx`, 2);
  const unfinished = join(data, `exports/.${id}.x`);
  const touch = (hoursAgo: number) => {
    const seconds = nowMs / 1000 - hoursAgo * 3600;
    utimesSync(unfinished, seconds, seconds);
  };
  touch(2);
  expect(await sweepLeftovers(data, nowMs)).toEqual(old);
  expect(existsSync(unfinished)).toBe(true);
  touch(25);
  expect(await sweepLeftovers(data, nowMs)).toEqual([`exports/.${id}.x`]);
  expect(kept.filter((file) => !existsSync(file))).toEqual([]);
});

test('sweepLeftovers() finds nothing in a data folder that is not there', async () => {
  expect(await sweepLeftovers('/nowhere', nowMs)).toEqual([]);
});
