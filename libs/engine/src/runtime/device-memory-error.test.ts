import { expect, test } from 'vitest';
import { DeviceMemoryError, isOutOfMemory } from './device-memory-error.js';

const device = { provider: 'webgpu', index: 0 } as const;

test.each([
  'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.',
  'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY',
  'Buffer size (3221225472) exceeds the max buffer size limit (2147483648).',
  'CUDA failure 2: out of memory',
  'Failed to allocate memory for requested buffer of size 1610612736',
  'std::bad_alloc',
])('isOutOfMemory() recognises %s', (message) => {
  expect(isOutOfMemory(new Error(message))).toBe(true);
});

test('isOutOfMemory() leaves other errors alone', () => {
  expect(isOutOfMemory(new Error('Failed to get a WebGPU adapter: No supported adapters'))).toBe(false);
});

test('DeviceMemoryError names need and largest batch', () => {
  expect(new DeviceMemoryError(device, { neededBytes: 3 * 2 ** 30, batchSize: 64, largestBatch: 12 }).message).toBe(
    'Device webgpu:0 has too little memory for batchSize 64, which needs about 3072 MiB: the largest that fits is 12',
  );
  expect(new DeviceMemoryError(device).message).toBe('Device webgpu:0 has too little memory for the model');
});
