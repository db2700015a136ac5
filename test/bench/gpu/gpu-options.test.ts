import { expect, test } from 'vitest';
import { parseGpuOptions } from './gpu-options.js';

test('parseGpuOptions() by default is four networks at 224 px and batches of 32 and 128 within nine minutes', () => {
  expect(parseGpuOptions([])).toMatchObject({
    networks: ['squeezenet1_1', 'resnet18', 'resnet50', 'vgg11'],
    batches: [32, 128],
    size: 224,
    device: 'auto',
    minutes: 9,
    torch: true,
  });
});

test.each([
  [['--device', 'tpu'], '--device is tpu, must be one of auto, webgpu, cuda, cpu'],
  [['--batch', '0'], '--batch is 0, must be an integer in [1, 4096]'],
  [['--size', '16'], '--size is 16, must be an integer in [32, 2048]'],
  [['--minutes', 'x'], '--minutes is x, must be a number in [0.1, 1440]'],
  [['--pack', 'bench.zip'], '--pack is bench.zip, must end in .tar.gz or .tar.xz'],
  [['--network', 'lenet'], '--network is lenet, must be one of'],
  [['extra'], "Unexpected argument 'extra'"],
])('parseGpuOptions() refuses %j', (args, message) => {
  expect(() => parseGpuOptions(args)).toThrow(message);
});
