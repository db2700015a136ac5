import { expect, test } from 'vitest';
import { describeCompiledStep } from './compiled-step.js';

const step = { batchSize: 16, compileMs: 640, fromCache: false, nodesOnCpu: [] };

test('describeCompiledStep() says what it took, and nothing more where all is as it should be', () => {
  expect(describeCompiledStep(step, 16)).toBe('Training step ready in 0.6 s');
});

test('describeCompiledStep() names the cache, a lowered batch and nodes that a device left to the processor', () => {
  const nodesOnCpu = [{ provider: 'CPUExecutionProvider', operator: 'ScatterElements', nodes: 3 }];
  expect(describeCompiledStep({ ...step, fromCache: true, nodesOnCpu }, 32)).toBe(
    'Training step ready in 0.6 s; optimised by an earlier trial; batch 16 in place of 32: more does not fit; ' +
      'left to the processor: ScatterElements ×3',
  );
});
