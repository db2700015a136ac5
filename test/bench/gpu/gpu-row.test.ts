import { expect, test } from 'vitest';
import { gpuGoals } from './gpu-goals.js';
import { type GpuRow, withRatios } from './gpu-row.js';
import { gpuTables } from './gpu-table.js';

const speed = (rate: number) => ({ rate, card: { memoryMiB: 900, utilisation: 0.5 } });
const row = (kind: GpuRow['kind'], rate: number, torch: GpuRow['torch']): GpuRow =>
  withRatios({
    kind,
    network: 'resnet18',
    size: 224,
    batch: 32,
    device: 'webgpu',
    engine: speed(rate),
    compileMs: 1,
    nodesOnCpu: 0,
    torch,
  });

test('withRatios() compares with the better fp32 rate, and with bf16 apart', () => {
  const torch = { fp32: speed(100), fp32_channels_last: speed(200), bf16_channels_last: speed(400) };
  expect(row('training', 50, torch)).toMatchObject({ ratio: 0.25, ratioToBf16: 0.125 });
  expect(row('training', 50, {})).toMatchObject({ ratio: null, ratioToBf16: null });
});

test('gpuGoals() asks for a quarter of the training and ten times the shallow trials', () => {
  const torch = { fp32: speed(100) };
  const rows = [
    row('training', 25, torch),
    row('inference', 1, torch),
    row('shallow', 900, torch),
    row('training', 25, {}),
  ];
  expect(gpuGoals(rows).map(({ value, goal, met }) => [value, goal, met])).toEqual([
    [0.25, 0.25, true],
    [9, 10, false],
    [null, 0.25, false],
  ]);
});

test('gpuTables() shows rates, ratios, and what the card did', () => {
  const [, line] = gpuTables([row('training', 50, { fp32: speed(100) })])
    .split('\n')
    .slice(1);
  expect(line.split(/\s{2,}/)).toEqual([
    'resnet18',
    '224',
    '32',
    'webgpu',
    '50.0',
    '100.0',
    '-',
    '-',
    '0.50',
    '-',
    '900',
    '900',
    '50 %',
    '50 %',
    '1',
    '0',
  ]);
});
