import { expect, test } from 'vitest';
import { compareKernel, kernelCases } from './compare-kernel.fixture.js';

test.each(kernelCases)('lowerings.$kernel equals tfjs cpu (case $index)', async ({ kernel, index, tolerance }) => {
  for (const { shape, expectedShape, difference } of await compareKernel(kernel, index)) {
    expect(shape).toEqual(expectedShape);
    expect(difference).toBeLessThanOrEqual(tolerance);
  }
});

// The operators of WebGPU's forms run on the processor as well, so they are right or wrong on any machine.
test.each(kernelCases)(
  "lowerings.$kernel equals tfjs cpu in WebGPU's form (case $index)",
  async ({ kernel, index, tolerance }) => {
    for (const { shape, expectedShape, difference } of await compareKernel(kernel, index, { target: 'webgpu' })) {
      expect(shape).toEqual(expectedShape);
      expect(difference).toBeLessThanOrEqual(tolerance);
    }
  },
);
