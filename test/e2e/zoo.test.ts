import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArchitectureCard } from '#api-contract';
import { buildNetwork, initialTensors, saveWeights } from '#model-zoo/networks';
import { FileServer } from '../support/file-server.js';
import { type RunningCli, runCli, startCli } from '../support/run-cli.js';

const architecture = 'squeezenet1_1';
let folder: string;
let file: Uint8Array;
let sha256: string;
let service: RunningCli;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retune zoo '));
  chmodSync(folder, 0o755); // the user that root's database runs as must get in
  const network = buildNetwork(architecture, { classes: 3 });
  file = saveWeights(network, initialTensors(network, 1));
  sha256 = createHash('sha256').update(file).digest('hex');
  writeFileSync(join(folder, 'mine.safetensors'), file);
  writeFileSync(join(folder, 'labels.txt'), 'ant\nbee\nwasp\n');
  service = startCli(['start', '--port', '0', '--no-worker', '--json'], { folder });
  const [line] = await service.printed(/^\{.*"event":"listening".*\}$/m);
  url = (JSON.parse(line) as { url: string }).url;
});
afterAll(async () => {
  service.process.kill('SIGTERM');
  await service.ended;
  rmSync(folder, { recursive: true });
});

const retune = (...args: string[]) => runCli(args, { folder, env: { RETUNE_API: url } });
const told = ['--architecture', architecture, '--name', 'mine'];

test('zoo import keeps a file, zoo list and zoo show have it at once', async () => {
  const imported = await retune('zoo', 'import', 'mine.safetensors', ...told, '--labels', 'labels.txt');
  expect(imported).toEqual({
    code: 0,
    stdout: 'mine is at hand now (squeezenet1_1, 3 classes, 2.9 MB)\n',
    stderr: '',
  });
  const list = await retune('zoo', 'list');
  expect(list.stdout).toMatch(/^squeezenet1_1 .* mine \(2\.90 MB\), squeezenet1_1-drawn-v1 \(1\.47 MB\)$/m);
  for (const name of [architecture, 'mine', 'squeezenet1_1-imagenet1k-v1']) {
    const { code, stdout } = await retune('zoo', 'show', name);
    expect(code).toBe(0);
    expect(stdout).toContain('1,235,496 at 1000 classes');
    expect(stdout).toContain('file           squeezenet1_1-b8a52dc0.pth (SHA-256 begins with b8a52dc0)');
    expect(stdout).toContain(`made of        mine.safetensors (SHA-256 ${sha256})`);
  }
  const card = JSON.parse((await retune('zoo', 'show', 'mine', '--json')).stdout) as ArchitectureCard;
  expect(card.weights[0]).toMatchObject({ name: 'mine', classes: 3, bundled: false });
});

test('zoo show and zoo fetch name what there is where a name is unknown', async () => {
  const shown = await retune('zoo', 'show', 'resnet19');
  expect([shown.code, shown.stderr]).toEqual([
    2,
    expect.stringMatching(
      /^retune: There is no architecture and are no weights "resnet19"\n {2}Architectures: alexnet,/,
    ),
  ]);
  const fetched = await retune('zoo', 'fetch', 'resnet19');
  expect([fetched.code, fetched.stderr.trim().split('\n').length]).toEqual([2, 1]);
  expect(fetched.stderr).toMatch(/^retune: weights is "resnet19", must be an architecture \(alexnet, /);
  const version = await retune('zoo', 'fetch', 'alexnet', '--version', 'V2');
  expect([version.code, version.stderr]).toEqual([2, 'retune: --version is "V2", must be one of V1 for alexnet\n']);
});

test('zoo fetch downloads from a mirror with progress, and refuses a file with another hash', async () => {
  const server = await FileServer.start(file);
  try {
    const source = `${server.url}/flowers.safetensors`;
    const named = ['--architecture', architecture, '--name', 'flowers', '--sha256', sha256];
    const fetched = await retune('zoo', 'fetch', source, ...named, '--json');
    expect([fetched.code, fetched.stderr]).toEqual([0, '']);
    const news = fetched.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; receivedBytes?: number; totalBytes?: number });
    expect(news.at(-1)).toMatchObject({ event: 'weights.imported', weights: { name: 'flowers' } });
    const last = news.findLast(({ event }) => event === 'weights.progress');
    expect(last).toMatchObject({ receivedBytes: file.length, totalBytes: file.length });
    const wrong = await retune('zoo', 'fetch', architecture, '--from', `${server.url}/mirror`);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      `retune: Cannot download ${server.url}/mirror/squeezenet1_1-b8a52dc0.pth: its SHA-256 is ${sha256}, ` +
        'must begin with b8a52dc0; what came is deleted\n',
    ]);
    expect(wrong.stdout).toContain(`squeezenet1_1-imagenet1k-v1 from ${server.url}/mirror/squeezenet1_1-b8a52dc0.pth`);
    expect(server.paths.at(-1)).toBe('/mirror/squeezenet1_1-b8a52dc0.pth');
  } finally {
    await server.stop();
  }
});

test('zoo fetch keeps the part at Ctrl-C, says so, and goes on', async () => {
  const server = await FileServer.start(file, { stallAfter: [1_000_000] });
  try {
    const args = ['zoo', 'fetch', `${server.url}/late.safetensors`, '--architecture', architecture];
    const all = [...args, '--name', 'late', '--sha256', sha256.slice(0, 8)];
    const running = startCli([...all, '--json'], { folder });
    await running.printed(/"receivedBytes":(?!0,)\d+/);
    running.process.kill('SIGINT');
    const end = await running.ended;
    expect(end.code).toBe(130);
    expect(end.stderr).toMatch(
      /^retune: Download interrupted: \d\.\d MB are kept, the same command goes on from there\n/,
    );
    expect(existsSync(join(folder, 'data', 'weights', 'download', 'late.safetensors.part'))).toBe(true);
    expect(await retune(...all)).toMatchObject({ code: 0, stderr: '' });
    expect(server.ranges.at(-1)).toMatch(/^bytes=[1-9]\d*-$/);
    expect(readdirSync(join(folder, 'data', 'weights', 'download'))).toEqual([]);
  } finally {
    await server.stop();
  }
});

test('predict takes the name of weights, and names those at hand where it is unknown', async () => {
  writeFileSync(
    join(folder, 'picture.png'),
    await sharp({ create: { width: 300, height: 240, channels: 3, background: '#808040' } })
      .png()
      .toBuffer(),
  );
  const { code, stdout, stderr } = await retune('predict', 'mine', 'picture.png', '--top', '2', '--json');
  expect([code, stderr]).toEqual([0, '']);
  const [{ predictions }] = JSON.parse(stdout) as { predictions: { label: string }[] }[];
  expect(predictions).toHaveLength(2);
  expect(['ant', 'bee', 'wasp']).toEqual(expect.arrayContaining(predictions.map(({ label }) => label)));
  const unknown = await retune('predict', 'yours', 'picture.png');
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('Cannot find weights "yours": at hand are'),
  ]);
});

test('zoo verify tells damaged files from good ones, with exit code 1', async () => {
  const good = await retune('zoo', 'verify', 'mine', 'squeezenet1_1-drawn-v1');
  expect([good.code, good.stderr]).toEqual([0, '']);
  expect(good.stdout).toMatch(/^mine +squeezenet1_1 +2\.90 MB +imported +ok$/m);
  const path = join(folder, 'data', 'weights', 'mine.safetensors');
  writeFileSync(path, readFileSync(path).subarray(0, 1_000_000));
  const { code, stdout, stderr } = await retune('zoo', 'verify', 'mine', 'flowers', '--json');
  const report = JSON.parse(stdout) as { ok: boolean; items: { name: string; state: string }[] };
  expect([code, report.ok]).toEqual([1, false]);
  expect(report.items).toEqual([
    expect.objectContaining({ name: 'mine', state: 'damaged', problem: expect.stringContaining('its SHA-256 is') }),
    expect.objectContaining({ name: 'flowers', state: 'ok', problem: null, advice: null }),
  ]);
  expect(stderr).toBe('retune: Cannot use 1 of 2 weights: mine\n');
  expect((await retune('zoo', 'verify', 'mine')).stdout).toContain(
    'Import it again: retune zoo import mine.safetensors',
  );
});
