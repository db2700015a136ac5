import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitCode } from './exit-code.js';
import { unpackExport } from './unpack-export.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'retune unpack '));
});
afterEach(() => rmSync(root, { recursive: true }));

const contents = { 'model.onnx': bytesOf('a model'), 'labels.json': bytesOf('["ant","bee"]') };

describe('unpackExport()', () => {
  test('writes exactly the recorded files', async () => {
    const folder = join(root, 'new', 'model');
    await unpackExport(zipSync(contents), recordOf(contents), folder, false);
    expect(readdirSync(folder).sort()).toEqual(['labels.json', 'model.onnx']);
    expect(readFileSync(join(folder, 'model.onnx'), 'utf8')).toBe('a model');
    expect(readdirSync(join(root, 'new'))).toEqual(['model']);
  });

  test('leaves out the folder that the zip holds everything in', async () => {
    const inside = Object.fromEntries(
      Object.entries(contents).map(([name, bytes]) => [`insects-trial-1/${name}`, bytes]),
    );
    await unpackExport(zipSync(inside), { ...recordOf(contents), zip: null }, join(root, 'model'), false);
    expect(readdirSync(join(root, 'model')).sort()).toEqual(['labels.json', 'model.onnx']);
  });

  test('refuses a file that is changed, too many, missing or outside, and writes nothing', async () => {
    const folder = join(root, 'model');
    const wrong: Record<string, Uint8Array>[] = [
      { ...contents, 'model.onnx': bytesOf('another model') },
      { ...contents, 'extra.sh': bytesOf('x') },
      { 'model.onnx': contents['model.onnx'] },
      { ...contents, '../outside': bytesOf('x') },
      { '../model.onnx': contents['model.onnx'], 'labels.json': contents['labels.json'] },
      { 'a/model.onnx': contents['model.onnx'], 'b/labels.json': contents['labels.json'] },
    ];
    for (const files of wrong) {
      const record = { ...recordOf(contents), zip: null };
      await expect(unpackExport(zipSync(files), record, folder, false)).rejects.toThrow(/verified|lacks labels\.json/);
    }
    expect(readdirSync(root)).toEqual([]);
  });

  test('refuses a zip with another hash, and what is no zip', async () => {
    const record = recordOf(contents);
    const otherZip = zipSync(contents, { level: 0, comment: 'x' });
    await expect(unpackExport(otherZip, record, join(root, 'm'), false)).rejects.toThrow(/zip differs/);
    await expect(unpackExport(bytesOf('no'), { ...record, zip: null }, join(root, 'm'), false)).rejects.toThrow(
      /not a zip/,
    );
  });

  test('replaces an earlier export when told to, and never anything else', async () => {
    const folder = join(root, 'model');
    await unpackExport(zipSync(contents), recordOf(contents), folder, false);
    await expect(unpackExport(zipSync(contents), recordOf(contents), folder, false)).rejects.toMatchObject({
      exit: exitCode.badInput,
      message: expect.stringContaining('is not empty'),
    });
    const newer = { ...contents, 'model.onnx': bytesOf('b') };
    await unpackExport(zipSync(newer), recordOf(newer), folder, true);
    expect(readFileSync(join(folder, 'model.onnx'), 'utf8')).toBe('b');

    const mine = join(root, 'mine');
    mkdirSync(mine);
    writeFileSync(join(mine, 'thesis.txt'), '');
    await expect(unpackExport(zipSync(newer), recordOf(newer), mine, true)).rejects.toThrow(/is not empty/);
    expect(readdirSync(mine)).toEqual(['thesis.txt']);

    mkdirSync(join(folder, 'labels'));
    writeFileSync(join(folder, 'notes.md'), '');
    await expect(unpackExport(zipSync(newer), recordOf(newer), folder, true)).rejects.toMatchObject({
      exit: exitCode.badInput,
      details: ['Not of an export: labels, notes.md', expect.any(String)],
    });
    expect(readdirSync(folder).sort()).toEqual(['labels', 'labels.json', 'model.onnx', 'notes.md']);
  });
});

function recordOf(files: Record<string, Uint8Array>) {
  const zip = zipSync(files);
  return {
    files: Object.entries(files).map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: digest(bytes) })),
    zip: { sha256: digest(zip), bytes: zip.length },
  };
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
