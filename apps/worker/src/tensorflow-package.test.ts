import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tensorflowSetting } from './devices/tensorflow-setting.js';
import { tensorflowEnvironment } from './tensorflow-environment.js';
import { findPackage, linkedTensorflowFolder, listTensorflow } from './tensorflow-package.js';

const record = {
  provider: 'tfjs-node-gpu',
  version: '4.22.0',
  packageFolder: 'node_modules/@tensorflow/tfjs-node-gpu',
  tensorflowFolder: '/wheel/tensorflow',
  tensorflowVersion: '2.21.0',
};

function dataFolderWith(text: string): string {
  const data = mkdtempSync(join(tmpdir(), 'retune-tensorflow-'));
  mkdirSync(linkedTensorflowFolder(data), { recursive: true });
  writeFileSync(join(linkedTensorflowFolder(data), 'linked.json'), text);
  return data;
}

test('findPackage() finds what was linked in the data folder, by its record', () => {
  const data = dataFolderWith(JSON.stringify(record));
  expect(findPackage(data, 'tfjs-node-gpu')).toEqual({
    provider: 'tfjs-node-gpu',
    name: '@tensorflow/tfjs-node-gpu',
    version: '4.22.0',
    source: 'linked',
    packageFolder: join(data, 'engine/tensorflow/node_modules/@tensorflow/tfjs-node-gpu'),
    tensorflowFolder: '/wheel/tensorflow',
  });
});

test.each(['', '{}', '{"provider":"tfjs-cpu"}'])('listTensorflow() takes the record %j for none', (text) => {
  const sources = listTensorflow(dataFolderWith(text)).map(({ source }) => source);
  expect(sources).not.toContain('linked');
});

test('tensorflowEnvironment() puts the libraries first and shows one of the visible GPUs', () => {
  const gpu = { provider: 'tfjs-node-gpu', tensorflowFolder: '/wheel' } as const;
  const environment = { LD_LIBRARY_PATH: '/own', CUDA_VISIBLE_DEVICES: '3, 5' };
  expect(tensorflowEnvironment(gpu, { environment, gpu: 1, threads: 4 })).toMatchObject({
    LD_LIBRARY_PATH: '/wheel:/own',
    CUDA_VISIBLE_DEVICES: '5',
    TF_NUM_INTRAOP_THREADS: '4',
  });
  expect(tensorflowEnvironment(gpu, { environment: {}, gpu: 2 })).toMatchObject({ CUDA_VISIBLE_DEVICES: '2' });
  const installed = tensorflowEnvironment({ provider: 'tfjs-node', tensorflowFolder: null }, { environment: {} });
  expect(installed).not.toHaveProperty('LD_LIBRARY_PATH');
  expect(installed).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
  expect(installed).not.toHaveProperty('TF_NUM_INTRAOP_THREADS');
});

test('tensorflowSetting() is for devices of TensorFlow alone', () => {
  const data = dataFolderWith(JSON.stringify(record));
  const device = { class: 'cpu', index: 0, name: 'x', driver: null, memoryBytes: null, threads: 2 } as const;
  expect(tensorflowSetting(device, data, {})).toBeUndefined();
  const setting = tensorflowSetting({ ...device, class: 'tfjs-node-gpu', index: 1 }, data, { HOME: '/h' });
  expect(setting).toMatchObject({
    execution: {
      provider: 'tfjs-node-gpu',
      index: 1,
      packageFolder: findPackage(data, 'tfjs-node-gpu')?.packageFolder,
    },
    childEnvironment: { HOME: '/h', LD_LIBRARY_PATH: '/wheel/tensorflow', CUDA_VISIBLE_DEVICES: '1' },
  });
});
