import { expect, test } from 'vitest';
import { benchNetworks, parseOptions } from './options.js';

test('parseOptions() by default is seven networks at a small and the crop size, on one and two threads', () => {
  const { scenes } = parseOptions([]);
  expect(scenes.length).toBe(benchNetworks.length * 4);
  const sizes = (network: string) => [
    ...new Set(scenes.filter((scene) => scene.network === network).map(({ size }) => size)),
  ];
  expect([sizes('resnet50'), sizes('inception_v3')]).toEqual([
    [64, 224],
    [96, 299],
  ]);
});

test('parseOptions() wants a head once for a network, and a frozen prefix at the crop size', () => {
  const { scenes } = parseOptions(['--network', 'alexnet', '--threads', '2']);
  expect(scenes.map(({ size, kinds }) => [size, ...kinds])).toEqual([
    [64, 'training', 'inference', 'head'],
    [224, 'training', 'inference', 'frozen'],
  ]);
});

test('parseOptions() --quick is the small size on two threads', () => {
  const { scenes } = parseOptions(['--quick']);
  expect(scenes.map(({ size, threads }) => [size, threads])).toEqual(Array(4).fill([64, 2]));
});

test('parseOptions() takes what is given again and again', () => {
  const { scenes } = parseOptions([
    '--network',
    'vgg11',
    '--size',
    '32',
    '--size',
    '48',
    '--threads',
    '4',
    '--only',
    'inference',
  ]);
  expect(scenes).toEqual([32, 48].map((size) => ({ network: 'vgg11', size, threads: 4, kinds: ['inference'] })));
});

test.each([
  [['--size', '62', '--network', 'alexnet'], '--size is 62, must be at least 63 for alexnet'],
  [['--size', ''], '--size is , must be an integer in [1, 2048]'],
  [['--threads', '0'], '--threads is 0, must be an integer in [1, 1024]'],
  [['--network', 'resnet19'], '--network is resnet19, must be one of'],
  [['--profile', 'resnet19'], '--profile is resnet19, must be one of'],
  [['--only', 'speed'], '--only is speed, must be one of training, inference, frozen, head'],
  [['--memory', '0'], '--memory is 0, must be a number above 0'],
  [['--fast'], "Unknown option '--fast'"],
])('parseOptions() refuses %j', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
