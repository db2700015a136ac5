import { expect, test } from 'vitest';
import { deviceLabel, parseDevices } from './parse-devices.js';

const labels = (text: string) => {
  const devices = parseDevices(text);
  return devices === null || devices === 'auto' ? devices : devices.map((one) => deviceLabel(one.provider, one.index));
};

test.each([
  ['auto', 'auto'],
  ['cpu', ['cpu']],
  ['cpu:0', ['cpu']],
  ['webgpu', ['webgpu:0']],
  ['webgpu:0', ['webgpu:0']],
  ['cuda:0,1', ['cuda:0', 'cuda:1']],
  ['cuda:3, 1', ['cuda:3', 'cuda:1']],
  ['cpu,webgpu:0', ['cpu', 'webgpu:0']],
  ['tfjs-node,tfjs-node-gpu:0,1', ['tfjs-node', 'tfjs-node-gpu:0', 'tfjs-node-gpu:1']],
  ['webgpu:0,cuda:0,1,cpu', ['webgpu:0', 'cuda:0', 'cuda:1', 'cpu']],
])('parseDevices() reads %j', (text, expected) => {
  expect(labels(text)).toEqual(expected);
});

test.each([
  ...[
    '',
    ',',
    'gpu',
    '0',
    '0,cuda:1',
    'cuda:',
    'cuda:x',
    'cuda:-1',
    'cuda:1.5',
    'cuda0',
    'cuda 0',
    'cuda:64',
    'webgpu:1',
    'tfjs-node:1',
    'tfjs-cpu',
  ],
  ...['cpu:1', 'cpu,1', 'cpu,cpu', 'cuda:0,0', 'cuda:1,cuda:1', 'auto,cpu', 'cpu,auto', 'CUDA:0', 'cuda:0,'],
])('parseDevices() refuses %j', (text) => {
  expect(parseDevices(text)).toBeNull();
});
