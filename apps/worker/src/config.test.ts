import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { InvalidInputError } from '#primitives';
import { readCommand } from './config.js';

const token = { RETUNE_WORKER_TOKEN: 'secret' };

test('readCommand() reads run with its address, data folder and name', () => {
  const command = readCommand(['run', '--api', 'http://127.0.0.1:4680', '--data', '/data', '--name', 'w1', '--json'], {
    ...token,
    DATABASE_URL: 'postgres://user:password@host/db',
    LANG: 'C',
  });
  expect(command).toEqual({
    name: 'run',
    api: 'http://127.0.0.1:4680',
    data: '/data',
    workerId: 'w1',
    token: 'secret',
    devices: 'auto',
    featureBytes: 20 * 2 ** 30,
    childEnvironment: { LANG: 'C' },
    json: true,
  });
  expect(Object.isFrozen(command)).toBe(true);
});

test('readCommand() takes the token from the data folder where the environment has none', () => {
  const data = mkdtempSync(join(tmpdir(), 'retune-config-'));
  writeFileSync(join(data, 'worker-token'), 'from-file\n');
  expect(readCommand(['run', '--api', 'http://x'], { RETUNE_DATA: data })).toMatchObject({ data, token: 'from-file' });
});

test('readCommand() names every mistake at once', () => {
  let thrown: unknown;
  try {
    readCommand(['run', '--api', 'nonsense', '--name', 'a b', '--seed', '3', '--data', '/nowhere'], {});
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(InvalidInputError);
  expect((thrown as InvalidInputError).problems.map(({ field }) => field)).toEqual([
    '--seed',
    '--api',
    '--name',
    'RETUNE_WORKER_TOKEN',
  ]);
});

test('readCommand() refuses numbers out of range and commands it does not know', () => {
  expect(() => readCommand(['pretrain', '--epochs', '0', '--seed', '1.5'], {})).toThrow(
    '--epochs is "0", must be an integer in [1, 10000]; --seed is "1.5", must be an integer in [0, 4294967295]',
  );
  expect(() => readCommand(['fly'], {})).toThrow(
    'command is "fly", must be run, draw, pretrain, weights, engine, doctor',
  );
  expect(() => readCommand(['draw', 'houses', 'x'], {})).toThrow('what to draw is "houses", must be insects');
  expect(() => readCommand(['run', '--speed', '3'], token)).toThrow("Unknown option '--speed'");
});

test('readCommand() reads --devices, else RETUNE_DEVICES, and says what is allowed', () => {
  const run = (...args: string[]) => ['run', '--api', 'http://x', ...args];
  expect(readCommand(run('--devices', 'cuda:1'), { ...token, RETUNE_DEVICES: 'cpu' })).toMatchObject({
    devices: [{ provider: 'cuda', index: 1 }],
  });
  expect(readCommand(run(), { ...token, RETUNE_DEVICES: 'cpu' })).toMatchObject({
    devices: [{ provider: 'cpu', index: 0 }],
  });
  expect(readCommand(run(), { ...token, RETUNE_DEVICES: '' })).toMatchObject({ devices: 'auto' });
  const allowed =
    'must be auto, or a list with commas of cpu, webgpu:0 and cuda:0 (cuda:0,1 for devices 0 and 1), each once; tfjs-node';
  expect(() => readCommand(run('--devices', 'gpu'), token)).toThrow(`--devices is "gpu", ${allowed}`);
  expect(() => readCommand(run(), { ...token, RETUNE_DEVICES: '1' })).toThrow(`RETUNE_DEVICES is "1", ${allowed}`);
});

test('readCommand() reads engine link-tensorflow and names what is wrong with it', () => {
  const link = (...args: string[]) => readCommand(['engine', ...args, '--data', '/d'], {});
  expect(link('link-tensorflow', '/tf')).toEqual({
    ...{ name: 'engine', action: 'link-tensorflow', data: '/d', folder: '/tf', json: false },
    ...{ provider: 'tfjs-node', package: null, check: false },
  });
  expect(link('link-tensorflow', '/tf', '--gpu', '--check', '--package', '/p')).toMatchObject({
    ...{ provider: 'tfjs-node-gpu', package: '/p', check: true },
  });
  expect(() => link('unlink')).toThrow(
    'action is "unlink", must be link-tensorflow; folder is missing, must be one path',
  );
  expect(() => link('link-tensorflow', '/a', '/b')).toThrow('folder is "/a /b", must be one path');
  expect(() => link('link-tensorflow', '/a', '--seed', '1')).toThrow('--seed is "1", must be absent for engine');
});

test('readCommand() without arguments asks for help', () => {
  expect(readCommand([], {})).toEqual({ name: 'help' });
});

test('readCommand() reads weights fetch, with the mirror of the environment unless --from says', () => {
  const environment = { RETUNE_DATA: '/data', RETUNE_WEIGHTS_MIRROR: 'https://mirror.example/models' };
  const command = readCommand(['weights', 'fetch', 'resnet50', '--version', 'V2', '--keep'], environment);
  expect(command).toEqual({
    ...{ name: 'weights', action: 'fetch', data: '/data', json: false, what: 'resnet50', version: 'V2', keep: true },
    ...{ from: 'https://mirror.example/models', sha256: null, architecture: null, as: null, labels: null },
  });
  expect(readCommand(['weights', 'fetch', 'vgg11', '--from', '/mnt'], environment)).toMatchObject({ from: '/mnt' });
  expect(readCommand(['weights', 'verify', 'a', 'b'], {})).toMatchObject({ action: 'verify', weights: ['a', 'b'] });
});

test.each([
  [['weights', 'melt'], 'action is "melt", must be one of fetch, import, verify, export'],
  [['weights', 'import'], 'file or folder is missing, must be one'],
  [['weights', 'export', 'a', 'b'], 'weights is "a b", must be one'],
  [['weights', 'verify', '--keep'], '--keep is true, must be absent for verify'],
  [['weights', 'import', 'x', '--seed', '1'], '--seed is "1", must be absent for weights'],
  [
    ['weights', 'import', 'x', '--architecture', 'a', '--architecture', 'b'],
    '--architecture is ["a","b"], must be one name',
  ],
])('readCommand() refuses %j', (args, message) => {
  expect(() => readCommand(args, {})).toThrow(message);
});

test('readCommand() has pretrain write into the working folder, never over the bundled weights', () => {
  expect(readCommand(['pretrain'], {})).toMatchObject({ out: resolve('weights') });
});

test('readCommand() reads RETUNE_FEATURE_CACHE_BYTES and says what is allowed', () => {
  const argv = ['run', '--api', 'http://127.0.0.1:4680', '--data', '/data', '--name', 'w1'];
  const read = (bytes: string) =>
    readCommand(argv, { RETUNE_WORKER_TOKEN: 'secret', RETUNE_FEATURE_CACHE_BYTES: bytes });
  expect(read('0')).toMatchObject({ featureBytes: 0 });
  expect(read('5000000000')).toMatchObject({ featureBytes: 5e9 });
  expect(() => read('5 GB')).toThrow('RETUNE_FEATURE_CACHE_BYTES');
});
