import { expect, test } from 'vitest';
import { NotFoundError } from '#primitives';
import type { ExportRecord } from '#search';
import { fileOf, zipOf } from './download.js';

const sha256 = 'a'.repeat(64);
const record: ExportRecord = {
  id: '7e1f2c9a-41c2-4b8f-9a33-0d6f3f0f6a11',
  studyId: '7e1f2c9a-41c2-4b8f-9a33-0d6f3f0f6a12',
  trialId: '7e1f2c9a-41c2-4b8f-9a33-0d6f3f0f6a13',
  trialNumber: 3,
  state: 'READY',
  attempt: 1,
  workerId: 'w',
  failure: null,
  verification: null,
  files: [{ name: 'model.onnx', sha256, bytes: 5 }],
  zip: { sha256, bytes: 9 },
  createdAt: new Date(0),
  finishedAt: new Date(0),
};

test('zipOf() names the file after the trial', () => {
  expect(zipOf(record)).toEqual({
    sha256,
    bytes: 9,
    fileName: 'retune-trial-3-7e1f2c9a.zip',
    mediaType: 'application/zip',
  });
});

test('zipOf() has nothing to give before the export is READY', () => {
  expect(() => zipOf({ ...record, zip: null })).toThrow(NotFoundError);
});

test('fileOf() gives only files that the export lists, and never a name that could break a header', () => {
  expect(fileOf(record, 'model.onnx')).toMatchObject({ bytes: 5, mediaType: 'application/octet-stream' });
  expect(() => fileOf(record, '../worker-token')).toThrow(NotFoundError);
  const hostile = { ...record, files: [{ name: 'a"\r\nX: y', sha256, bytes: 1 }] };
  expect(fileOf(hostile, 'a"\r\nX: y').fileName).toBe('a___X__y');
});
