import { expect, test } from 'vitest';
import type { DeviceClass, ProbedDevice } from '#api-contract';
import { autoDevices, chooseDevices } from './choose-devices.js';
import { deviceLabel, parseDevices } from './parse-devices.js';

function device(deviceClass: DeviceClass, index = 0, changes: Partial<ProbedDevice> = {}): ProbedDevice {
  const state = { works: true, problem: null, software: false, ...changes };
  return { class: deviceClass, index, name: deviceClass, driver: null, memoryBytes: null, threads: 8, ...state };
}
const broken = { works: false, problem: 'no driver' };
const cpu = device('cpu');
const labels = (devices: readonly { class: string; index: number }[]) =>
  devices.map((one) => deviceLabel(one.class, one.index));

test.each([
  ['the processor where there is nothing else', [cpu], ['cpu']],
  ['every CUDA device that works', [cpu, device('webgpu'), device('cuda'), device('cuda', 1)], ['cuda:0', 'cuda:1']],
  ['no CUDA device that does not', [cpu, device('cuda', 0, broken), device('cuda', 1)], ['cuda:1']],
  ['WebGPU where CUDA does not work', [cpu, device('webgpu'), device('cuda', 0, broken)], ['webgpu:0']],
  ['no software adapter', [cpu, device('webgpu', 0, { software: true })], ['cpu']],
  ['no broken adapter', [cpu, device('webgpu', 0, broken)], ['cpu']],
  ['no TensorFlow', [cpu, device('tfjs-node-gpu')], ['cpu']],
])('autoDevices() takes %s', (_, found, expected) => {
  expect(labels(autoDevices(found))).toEqual(expected);
});

/** What was tried, in order. */
function finder(webgpu: ProbedDevice, cuda: readonly ProbedDevice[]) {
  const tried: string[] = [];
  return {
    tried,
    cpu: () => cpu,
    webgpu: async () => {
      tried.push('webgpu');
      return webgpu;
    },
    cuda: async () => {
      tried.push('cuda');
      return [...cuda];
    },
    cudaDevice: async (index: number) => {
      tried.push(`cuda:${index}`);
      return cuda[index] ?? device('cuda', index, broken);
    },
    tensorflowDevice: async (deviceClass: DeviceClass, index: number) => {
      tried.push(deviceLabel(deviceClass, index));
      return device(deviceClass, index);
    },
  };
}
const choose = (text: string, machine: ReturnType<typeof finder>, cardPossible = true) =>
  chooseDevices(parseDevices(text) as NonNullable<ReturnType<typeof parseDevices>>, machine, { cardPossible });

test('chooseDevices() tries no more than the choice depends on', async () => {
  const machine = finder(device('webgpu'), [device('cuda')]);
  expect((await choose('cpu', machine)).devices.map(({ execution }) => execution)).toEqual([
    { provider: 'cpu', index: 0 },
  ]);
  await choose('auto', machine, false);
  expect(machine.tried).toEqual([]);
  await choose('auto', machine);
  expect(machine.tried).toEqual(['cuda']);
  await choose('webgpu:0', machine);
  await choose('tfjs-node', machine);
  expect(machine.tried).toEqual(['cuda', 'webgpu', 'tfjs-node']);
});

test('chooseDevices() takes a software adapter that is named, and shares the cores among graphics cards', async () => {
  const machine = finder(device('webgpu', 0, { software: true }), [device('cuda'), device('cuda', 1)]);
  expect((await choose('webgpu', machine)).devices[0]?.device).toEqual({
    ...{ class: 'webgpu', index: 0, name: 'webgpu', driver: null, memoryBytes: null, threads: 8 },
  });
  const { devices } = await choose('cpu,cuda:0,1', machine);
  expect(devices.map(({ device: { threads } }) => threads)).toEqual([8, 2, 2]);
});

test('chooseDevices() refuses a named device that does not work, and passes one over that nobody named', async () => {
  const machine = finder(device('webgpu', 0, broken), []);
  await expect(choose('cpu,webgpu:0', machine)).rejects.toThrow(
    'Cannot use device webgpu:0: no driver. "retune doctor" lists the devices of this machine.',
  );
  await expect(choose('cuda:3', machine)).rejects.toThrow('Cannot use device cuda:3: no driver.');
  const { devices, passedOver } = await choose('auto', machine);
  expect([devices.map((one) => one.device.class), labels(passedOver)]).toEqual([['cpu'], ['webgpu:0']]);
});
