import { expect, test } from 'vitest';
import { nodePlacements, onProcessor } from './node-placement.js';

const node = (provider: string, operator: string) => ({ cat: 'Node', args: { provider, op_name: operator } });
const profile = JSON.stringify([
  { cat: 'Session', name: 'model_run', args: {} },
  node('WebGpuExecutionProvider', 'Conv'),
  node('CPUExecutionProvider', 'Loop'),
  node('WebGpuExecutionProvider', 'Conv'),
  { cat: 'Node', name: 'Conv_fence_before', args: { op_name: 'Conv' } },
  node('CPUExecutionProvider', 'Col2Im'),
  node('CPUExecutionProvider', 'Col2Im'),
  node('CPUExecutionProvider', 'Col2Im'),
  node('WebGpuExecutionProvider', 'MemcpyToHost'),
]);

test('nodePlacements() counts nodes by provider and operator, most first', () => {
  expect(nodePlacements(profile)).toEqual([
    { provider: 'CPUExecutionProvider', operator: 'Col2Im', nodes: 3 },
    { provider: 'WebGpuExecutionProvider', operator: 'Conv', nodes: 2 },
    { provider: 'CPUExecutionProvider', operator: 'Loop', nodes: 1 },
    { provider: 'WebGpuExecutionProvider', operator: 'MemcpyToHost', nodes: 1 },
  ]);
});

test('onProcessor() keeps what runs on the processor, and copies', () => {
  expect(onProcessor(nodePlacements(profile)).map(({ operator }) => operator)).toEqual([
    'Col2Im',
    'Loop',
    'MemcpyToHost',
  ]);
});
