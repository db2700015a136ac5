import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importedWeightsFolder, publishedWeights, readWeightsIndex, weightsAtHand } from '#model-zoo';
import { buildNetwork, initialTensors, saveWeights } from '#model-zoo/networks';
import { InvalidInputError } from '#primitives';
import { exportWeights } from '../../apps/worker/src/export-weights.js';
import { fetchWeights } from '../../apps/worker/src/fetch-weights.js';
import { importWeights } from '../../apps/worker/src/import-weights.js';
import type { Log } from '../../apps/worker/src/log.js';
import { NoWeightsError, startNetwork } from '../../apps/worker/src/start-network.js';
import { verifyWeights } from '../../apps/worker/src/verify-weights.js';
import type { FetchOrder } from '../../apps/worker/src/weights-command.js';
import { WeightsStore } from '../../apps/worker/src/weights-store.js';
import { FileServer } from '../support/file-server.js';

const architecture = 'squeezenet1_1';
const root = mkdtempSync(join(tmpdir(), 'retune-store-'));
const { signal } = new AbortController();
/** Two files of the same network, one value apart. */
let one: string;
let other: string;
beforeAll(() => {
  const network = buildNetwork(architecture, { classes: 3 });
  const tensors = initialTensors(network, 1);
  one = join(root, 'one.safetensors');
  writeFileSync(one, saveWeights(network, tensors));
  tensors[0].data[0] += 1;
  other = join(root, 'other.safetensors');
  writeFileSync(other, saveWeights(network, tensors));
});
afterAll(() => rmSync(root, { recursive: true }));

const freshData = () => mkdtempSync(join(root, 'data-'));
const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Keeps what is said, as `event: message`. */
function listen(): Log & { readonly said: string[]; readonly fields: Readonly<Record<string, unknown>>[] } {
  const said: string[] = [];
  const fields: Readonly<Record<string, unknown>>[] = [];
  const hear = (event: string, message: string, more: Readonly<Record<string, unknown>> = {}) => {
    said.push(`${event}: ${message}`);
    fields.push(more);
  };
  return { info: hear, warn: hear, error: hear, said, fields };
}

const order = (data: string, path: string, as: string | null, labels: string | null = null) =>
  ({ action: 'import', data, path, architecture: as === null ? null : architecture, as, labels }) as const;

test('importWeights() keeps a file with its origin, says the second time that it is known, and mends a damaged one', async () => {
  const data = freshData();
  const log = listen();
  await importWeights(order(data, one, 'mine'), signal, log);
  const [entry] = readWeightsIndex(importedWeightsFolder(data));
  expect(entry).toMatchObject({ name: 'mine', architecture, classes: 3, labels: null, top1Accuracy: null });
  expect(entry.origin).toEqual({ from: 'one.safetensors', sha256: digest(one) });
  const file = join(importedWeightsFolder(data), entry.file);
  expect(digest(file)).toBe(entry.sha256);
  await importWeights(order(data, one, 'mine'), signal, log);
  truncateSync(file, 1000);
  await importWeights(order(data, one, 'mine'), signal, log);
  expect(digest(file)).toBe(entry.sha256);
  expect(log.said.map((line) => line.replace(/ \(.*/, ''))).toEqual([
    'weights.imported: mine is at hand now',
    'weights.imported: mine is at hand already',
    'weights.imported: mine is at hand now',
  ]);
});

test('importWeights() gives no name to a second file, and no taken, reserved or impossible name to any', async () => {
  const data = freshData();
  await importWeights(order(data, one, 'mine'), signal, listen());
  const before = readFileSync(join(importedWeightsFolder(data), 'index.json'), 'utf8');
  await expect(importWeights(order(data, other, 'mine'), signal, listen())).rejects.toThrow(
    'Cannot import weights as mine: the name belongs to other weights, made of one.safetensors. Choose another --name',
  );
  for (const name of ['resnet18-drawn-v1', 'vgg11-imagenet1k-v1', '../mine', 'Mine']) {
    const error = await importWeights(order(data, other, name), signal, listen()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toContain(`--name is ${JSON.stringify(name)}`);
  }
  expect(readFileSync(join(importedWeightsFolder(data), 'index.json'), 'utf8')).toBe(before);
});

test('importWeights() wants to be told what a file is that nobody publishes, and believes no false file name', async () => {
  const data = freshData();
  await expect(importWeights(order(data, one, null), signal, listen())).rejects.toThrow(
    /--architecture is missing, must be one of alexnet.*; --name is missing/,
  );
  const folder = join(data, 'published');
  mkdirSync(folder);
  const published = publishedWeights.find(({ card }) => card.name === architecture)?.weights.file as string;
  writeFileSync(join(folder, published), readFileSync(one));
  writeFileSync(join(folder, 'readme.txt'), '');
  await expect(importWeights(order(data, join(folder, published), null), signal, listen())).rejects.toThrow(
    `(this one's is ${digest(one)}): it is damaged, or another file, which needs --architecture and --name`,
  );
  const log = listen();
  await expect(importWeights(order(data, folder, null), signal, log)).rejects.toThrow(
    `Cannot import 1 of 1 files: ${published}`,
  );
  expect(log.said).toEqual([
    expect.stringMatching(/^weights\.refused: file is "squeezenet1_1-b8a52dc0\.pth", must be/),
  ]);
  await expect(importWeights(order(data, root, null), signal, listen())).rejects.toThrow(/named as torchvision/);
});

test('importWeights() takes labels from a list or from lines, one for each class', async () => {
  const data = freshData();
  const lines = join(data, 'lines.txt');
  writeFileSync(lines, 'ant\nbee\nwasp\n');
  const list = join(data, 'list.json');
  writeFileSync(list, '["ant", "bee"]');
  await importWeights(order(data, one, 'mine', lines), signal, listen());
  expect(readWeightsIndex(importedWeightsFolder(data))[0].labels).toEqual(['ant', 'bee', 'wasp']);
  await expect(importWeights(order(data, other, 'more', list), signal, listen())).rejects.toThrow(
    /a file with 3 names, one per class of the weights \(it has 2\)/,
  );
  await expect(importWeights(order(data, other, 'more', 'imagenet-1k'), signal, listen())).rejects.toThrow(
    'the weights have 3 classes, ImageNet-1k has 1000',
  );
});

test('WeightsStore loses no entry where many import at once', async () => {
  const data = freshData();
  const names = Array.from({ length: 6 }, (_, index) => `mine-${index}`);
  await Promise.all(names.map((name) => importWeights(order(data, one, name), signal, listen())));
  expect(readWeightsIndex(importedWeightsFolder(data)).map(({ name }) => name)).toEqual(names);
  expect(readdirSync(importedWeightsFolder(data)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(readdirSync(join(data, 'locks'))).toEqual([]);
});

test('WeightsStore is whole after a death before the rename, and before the index', async () => {
  const data = freshData();
  await importWeights(order(data, one, 'first'), signal, listen());
  const folder = importedWeightsFolder(data);
  // What a process leaves that dies while it writes a file, and one that dies before it lists a file that is written.
  writeFileSync(join(folder, '.second.safetensors.1234.tmp'), readFileSync(one).subarray(0, 5000));
  writeFileSync(join(folder, 'second.safetensors'), readFileSync(other));
  writeFileSync(join(data, 'locks', 'weights.lock'), JSON.stringify({ pid: 2 ** 22 + 1, worker: 'dead' }));
  expect(new WeightsStore(data).entries().map(({ name }) => name)).toEqual(['first']);
  await verifyWeights(data, ['first'], listen());
  await importWeights(order(data, one, 'second'), signal, listen());
  await verifyWeights(data, ['first', 'second'], listen());
  expect(readdirSync(folder).sort()).toEqual(['first.safetensors', 'index.json', 'second.safetensors']);
});

test('verifyWeights() names the damaged file, what is wrong with it and what to do, after looking at all', async () => {
  const data = freshData();
  await importWeights(order(data, one, 'mine'), signal, listen());
  await importWeights(order(data, other, 'fine'), signal, listen());
  const file = join(importedWeightsFolder(data), 'mine.safetensors');
  const bytes = readFileSync(file);
  bytes[bytes.length - 5] ^= 1;
  writeFileSync(file, bytes);
  const log = listen();
  const names = ['mine', 'fine', 'squeezenet1_1-drawn-v1'];
  await expect(verifyWeights(data, names, log)).rejects.toThrow('Cannot use 1 of 3 weights: mine');
  const checks = new Map(log.fields.map((fields) => [fields.name, fields]));
  expect(checks.get('fine')).toMatchObject({ state: 'ok', problem: null });
  expect(checks.get('squeezenet1_1-drawn-v1')).toMatchObject({ state: 'ok', bundled: true });
  expect(checks.get('mine')).toMatchObject({
    state: 'damaged',
    problem: expect.stringMatching(/^its SHA-256 is [0-9a-f]{64}, must be [0-9a-f]{64}$/),
    advice: `Import it again: retune zoo import one.safetensors --architecture ${architecture} --name mine`,
  });
  rmSync(file);
  await expect(verifyWeights(data, ['mine'], log)).rejects.toThrow('Cannot use 1 of 1 weights: mine');
  expect(log.fields.at(-1)?.problem).toBe('there is no such file');
  await expect(verifyWeights(data, ['nobody'], log)).rejects.toThrow(/Cannot find weights "nobody": at hand are/);
});

test('startNetwork() starts from the weights that the study pins, and says which are missing', async () => {
  const data = freshData();
  await importWeights(order(data, one, 'mine'), signal, listen());
  const options = {
    parameters: { architecture, retrainDepth: 'deep' as const },
    training: { imageSize: 64, weights: { [architecture]: 'mine' } },
    dataset: { classes: ['a', 'b'] },
    seed: 1,
  };
  const started = startNetwork(options, undefined, importedWeightsFolder(data));
  expect(started.weights).toMatchObject({ name: 'mine', bundled: false });
  expect(started.image).toMatchObject({ resize: 64, mean: [0.485, 0.456, 0.406] });
  expect(() => startNetwork(options, undefined, importedWeightsFolder(freshData()))).toThrow(NoWeightsError);
  expect(() => startNetwork(options)).toThrow(/the weights mine are not in this worker's data folder/);
  const unpinned = { ...options, training: { imageSize: 64 } };
  expect(startNetwork(unpinned, undefined, importedWeightsFolder(data)).weights?.name).toBe('squeezenet1_1-drawn-v1');
});

test('exportWeights() makes a folder once, and another one for other weights', async () => {
  const data = freshData();
  await importWeights(order(data, one, 'mine'), signal, listen());
  const [entry] = weightsAtHand({ imported: importedWeightsFolder(data) });
  const folder = await exportWeights(entry, join(data, 'cache'));
  expect(readdirSync(folder).sort()).toEqual(['labels.json', 'model.onnx', 'predict.mjs']);
  expect(JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'))).toEqual(['class 0', 'class 1', 'class 2']);
  writeFileSync(join(folder, 'mark'), '');
  expect(await exportWeights(entry, join(data, 'cache'))).toBe(folder);
  expect(readdirSync(folder)).toContain('mark');
  expect(await exportWeights({ ...entry, labels: ['a', 'b', 'c'] }, join(data, 'cache'))).not.toBe(folder);
  expect(readdirSync(join(data, 'cache', 'weights-exports'))).toHaveLength(2);
});

function fetching(data: string, what: string, changes: Partial<FetchOrder> = {}): FetchOrder & { data: string } {
  const untold = { version: null, from: null, sha256: null, keep: false, architecture: null, as: null, labels: null };
  return { action: 'fetch', data, what, ...untold, ...changes };
}

test('fetchWeights() downloads an address, converts it, forgets the source, and asks nobody the second time', async () => {
  const data = freshData();
  const server = await FileServer.start(readFileSync(one));
  try {
    const url = `${server.url}/one.safetensors`;
    const wanted = fetching(data, url, { architecture, as: 'mine', sha256: digest(one).slice(0, 12) });
    const log = listen();
    await fetchWeights(wanted, signal, log);
    expect(log.said.map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['weights.fetching', 'weights.progress', 'weights.converting', 'weights.imported']),
    );
    const [entry] = readWeightsIndex(importedWeightsFolder(data));
    expect(entry).toMatchObject({ name: 'mine', origin: { from: url, sha256: digest(one) } });
    expect(readdirSync(join(importedWeightsFolder(data), 'download'))).toEqual([]);
    await fetchWeights(wanted, signal, log);
    expect(log.said.at(-1)).toMatch(/mine is at hand already/);
    expect(server.paths).toHaveLength(1);
    await expect(fetchWeights({ ...wanted, sha256: 'deadbeef', as: 'b' }, signal, log)).rejects.toThrow(
      `its SHA-256 is ${digest(one)}, must begin with deadbeef`,
    );
  } finally {
    await server.stop();
  }
});

test('fetchWeights() asks a mirror for the published file by its name, and caps its size', async () => {
  const server = await FileServer.start(Buffer.alloc(8_000_000));
  try {
    await expect(
      fetchWeights(fetching(freshData(), architecture, { from: `${server.url}/mirror/` }), signal, listen()),
    ).rejects.toThrow(/it has 8\.0 MB, allowed are 5\.0 MB$/);
    expect(server.paths).toEqual(['/mirror/squeezenet1_1-b8a52dc0.pth']);
  } finally {
    await server.stop();
  }
});

test.each<[Partial<FetchOrder>, RegExp]>([
  [{ what: 'resnet19' }, /weights is "resnet19", must be an architecture \(alexnet, .*\), the name of published/],
  [{ what: 'alexnet', version: 'V2' }, /--version is "V2", must be one of V1 for alexnet/],
  [{ what: 'alexnet-imagenet1k-v1', version: 'V1' }, /--version is "V1", must be absent/],
  [{ what: 'alexnet', as: 'x' }, /--name is "x", must be absent, but for an address/],
  [{ what: 'https://192.0.2.1/x.pth' }, /--sha256 is missing, must be the SHA-256/],
  [{ what: 'https://192.0.2.1/x.pth', sha256: '0'.repeat(64) }, /--architecture is missing.*--name is missing/],
  [{ what: 'http://192.0.2.1/x.pth' }, /address is .*, must be an https:\/\/ address/],
  [{ what: 'alexnet', from: 'http://192.0.2.1/' }, /--from is .*, must be an https:\/\/ address/],
  [
    { what: 'alexnet', from: '/nowhere' },
    /Cannot download \/nowhere\/alexnet-owt-7be5be79\.pth: there is no such file/,
  ],
])('fetchWeights() refuses %o before it asks anybody', async (changes, message) => {
  await expect(fetchWeights(fetching(freshData(), '', changes), signal, listen())).rejects.toThrow(message);
});

test('fetchWeights() leaves a file alone that another process downloads', async () => {
  const data = freshData();
  mkdirSync(join(data, 'locks'));
  writeFileSync(
    join(data, 'locks', 'download-one.safetensors.lock'),
    JSON.stringify({ pid: process.pid, startedTicks: null, worker: 'x' }),
  );
  const wanted = fetching(data, `https://192.0.2.1/${basename(one)}`, { architecture, as: 'm', sha256: '0'.repeat(8) });
  await expect(fetchWeights(wanted, signal, listen())).rejects.toThrow(
    `Cannot download one.safetensors: process ${process.pid} is downloading it already`,
  );
});
