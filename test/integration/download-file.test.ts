import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Rng } from '#primitives';
import { DownloadError, DownloadInterruptedError } from '../../apps/worker/src/download-error.js';
import { type DownloadOrder, downloadFile } from '../../apps/worker/src/download-file.js';
import { type Behaviour, FileServer } from '../support/file-server.js';

const root = mkdtempSync(join(tmpdir(), 'retune-download-'));
afterAll(() => rmSync(root, { recursive: true }));

const rng = new Rng(3);
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, () => rng.integer(0, 256)));
const sha256 = createHash('sha256').update(content).digest('hex');

const servers: FileServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function serve(behaviour: Behaviour = {}, file: Uint8Array = content): Promise<FileServer> {
  const server = await FileServer.start(file, behaviour);
  servers.push(server);
  return server;
}

function orderOf(server: FileServer, changes: Partial<DownloadOrder> = {}): DownloadOrder {
  return {
    url: `${server.url}/weights.pth`,
    file: join(mkdtempSync(join(root, 'd-')), 'weights.pth'),
    maximumBytes: 1_000_000,
    sha256Prefix: sha256.slice(0, 8),
    signal: new AbortController().signal,
    firstWaitMs: 1,
    ...changes,
  };
}

const isWhole = ({ file }: DownloadOrder) => readFileSync(file).equals(content);

test('downloadFile() writes the file, leaves nothing beside it, and does not ask for it again', async () => {
  const server = await serve();
  const seen: [number, number | null][] = [];
  const order = orderOf(server, { onProgress: (received, total) => seen.push([received, total]) });
  expect(await downloadFile(order)).toBe(sha256);
  expect(isWhole(order)).toBe(true);
  expect(readdirSync(join(order.file, '..'))).toEqual(['weights.pth']);
  expect([seen[0], seen.at(-1)]).toEqual([
    [0, 300_000],
    [300_000, 300_000],
  ]);
  expect(await downloadFile(order)).toBe(sha256);
  expect(server.paths).toEqual(['/weights.pth']);
});

test('downloadFile() goes on where the connection broke', async () => {
  const server = await serve({ cutAfter: [100_000, 50_000] });
  const retries: string[] = [];
  const order = orderOf(server, { onRetry: (reason) => retries.push(reason) });
  expect(await downloadFile(order)).toBe(sha256);
  expect(isWhole(order)).toBe(true);
  // How much of a broken connection reaches the reader is a matter of luck; what comes next is not.
  expect(server.ranges).toHaveLength(3);
  expect(retries).toHaveLength(2);
});

test('downloadFile() keeps the part when it is interrupted, says so, and goes on in the next call', async () => {
  const server = await serve({ stallAfter: [120_000] });
  const controller = new AbortController();
  const onProgress = (received: number) => received === 120_000 && controller.abort();
  const order = orderOf(server, { signal: controller.signal, onProgress });
  const error = await downloadFile(order).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DownloadInterruptedError);
  expect((error as Error).message).toBe('Download interrupted: 0.1 MB are kept, the same command goes on from there');
  expect(await downloadFile({ ...order, signal: new AbortController().signal })).toBe(sha256);
  expect(server.ranges).toEqual([undefined, 'bytes=120000-']);
});

test('downloadFile() does not continue the part of another address', async () => {
  const order = orderOf(await serve({ stallAfter: [100_000] }), { tries: 1, idleMs: 100 });
  await expect(downloadFile(order)).rejects.toThrow('0.1 MB are kept');
  const mirror = await serve();
  expect(await downloadFile({ ...order, url: `${mirror.url}/weights.pth` })).toBe(sha256);
  expect(mirror.ranges).toEqual([undefined]);
});

test('downloadFile() continues a part of the same address across calls', async () => {
  const server = await serve({ stallAfter: [100_000] });
  const order = orderOf(server, { idleMs: 100 });
  await expect(downloadFile({ ...order, tries: 1 })).rejects.toThrow(
    /1 times in a row; 0\.1 MB are kept, the same command goes on from there/,
  );
  expect(await downloadFile(order)).toBe(sha256);
  expect(server.ranges).toEqual([undefined, 'bytes=100000-']);
});

test.each<[string, Behaviour]>([
  ['has no ranges', { ranges: false, cutAfter: [100_000] }],
  ['names no version of its file', { etag: null, cutAfter: [100_000] }],
  ['has a weak ETag only', { etag: 'W/"1"', cutAfter: [100_000] }],
])('downloadFile() begins anew where the server %s', async (_, behaviour) => {
  const server = await serve(behaviour);
  const order = orderOf(server);
  expect(await downloadFile(order)).toBe(sha256);
  expect(isWhole(order)).toBe(true);
  expect(server.ranges).toHaveLength(2);
});

test('downloadFile() does not mix two versions of a file', async () => {
  const other = Buffer.from(content).reverse();
  let requests = 0;
  const server = await FileServer.start(() => (requests++ === 0 ? other : content), { stallAfter: [100_000] });
  servers.push(server);
  const order = orderOf(server, { idleMs: 100 });
  expect(await downloadFile(order)).toBe(sha256);
  expect(server.ranges[1]).toBe('bytes=100000-');
});

test('downloadFile() takes a part that is whole already', async () => {
  const server = await serve({ chunked: true, stallAfter: [300_000 - 1], cutAfter: [] });
  const order = orderOf(server, { tries: 1, idleMs: 100 });
  await expect(downloadFile(order)).rejects.toThrow('nothing came for 0.1 s');
  appendFileSync(`${order.file}.part`, content.subarray(-1));
  expect(await downloadFile(order)).toBe(sha256);
  expect(server.ranges).toEqual([undefined, 'bytes=300000-']);
});

test('downloadFile() refuses another hash with both digests, and deletes what came', async () => {
  const order = orderOf(await serve(), { sha256Prefix: 'deadbeef' });
  await expect(downloadFile(order)).rejects.toThrow(
    `its SHA-256 is ${sha256}, must begin with deadbeef; what came is deleted`,
  );
  expect(readdirSync(join(order.file, '..'))).toEqual([]);
});

test('downloadFile() tries again after 503 and gives up after its tries', async () => {
  const busy = (response: Parameters<NonNullable<Behaviour['instead']>[number]>[0]) =>
    void response.writeHead(503).end();
  const order = orderOf(await serve({ instead: [busy, busy] }));
  expect(await downloadFile(order)).toBe(sha256);
  const never = orderOf(await serve({ instead: [busy, busy, busy] }), { tries: 3 });
  await expect(downloadFile(never)).rejects.toThrow('the server answers 503, 3 times in a row');
});

test.each<[string, Behaviour, Partial<DownloadOrder>, RegExp]>([
  ['a missing file', { instead: [(response) => response.writeHead(404).end()] }, {}, /has no such file \(404\)$/],
  ['a forbidden file', { instead: [(response) => response.writeHead(403).end()] }, {}, /the server answers 403$/],
  [
    'a page by its type',
    { instead: [(response) => response.writeHead(200, { 'content-type': 'text/html' }).end('Log in')] },
    {},
    /a web page came in place of the file: a proxy or a login page\?$/,
  ],
  [
    'a page by its content',
    { instead: [(response) => response.writeHead(200).end('\n<!DOCTYPE html><p>Log in')] },
    {},
    /a web page came in place of the file/,
  ],
  ['a file that is too large', {}, { maximumBytes: 200_000 }, /it has 0\.3 MB, allowed are 0\.2 MB$/],
  [
    'a file that grows too large',
    { chunked: true },
    { maximumBytes: 200_000 },
    /more comes than the server said, allowed are 0\.2 MB$/,
  ],
  [
    'a truncated body',
    { cutAfter: [1000, 0, 0] },
    { tries: 2 },
    /the connection failed \(UND_ERR_SOCKET\), 2 times in a row/,
  ],
  ['a server that falls silent', { stallAfter: [10] }, { idleMs: 80, tries: 1 }, /nothing came for 0\.08 s, 1 times/],
])('downloadFile() says in one line what is wrong with %s', async (_, behaviour, changes, reason) => {
  const order = orderOf(await serve(behaviour), changes);
  const error = (await downloadFile(order).catch((thrown: unknown) => thrown)) as Error;
  expect(error).toBeInstanceOf(DownloadError);
  expect(error.message).toMatch(reason);
  expect(error.message).not.toContain('\n');
  expect(existsSync(order.file)).toBe(false);
});

test('downloadFile() follows a few redirects, and no loop of them', async () => {
  const to = (location: string) => (response: Parameters<NonNullable<Behaviour['instead']>[number]>[0]) =>
    void response.writeHead(302, { location }).end();
  const server = await serve({ instead: [to('/a'), to('/b')] });
  expect(await downloadFile(orderOf(server))).toBe(sha256);
  expect(server.paths).toEqual(['/weights.pth', '/a', '/b']);
  const loop = await serve({ instead: Array.from({ length: 20 }, () => to('/weights.pth')) });
  await expect(downloadFile(orderOf(loop))).rejects.toThrow('it is redirected more than 5 times');
  expect(loop.paths).toHaveLength(6);
});

test.each([
  'http://192.0.2.1/x.pth',
  'ftp://127.0.0.1/x.pth',
  'file:///etc/passwd',
  'https://user:secret@192.0.2.1/x.pth',
])('downloadFile() does not follow a redirect to %s', async (location) => {
  const server = await serve({ instead: [(response) => response.writeHead(302, { location }).end()] });
  const error = (await downloadFile(orderOf(server)).catch((thrown: unknown) => thrown)) as Error;
  expect(error).toBeInstanceOf(DownloadError);
  expect(error.message).toMatch(/redirect is ".*", must be an/);
  expect(error.message).not.toContain('secret');
});

test.each([
  ['http://192.0.2.1/x.pth', 'must be an https:// address (http:// to this machine only)'],
  ['https://user:secret@192.0.2.1/x.pth', 'must be an address without user name and password'],
  ['weights.pth', 'must be an https:// address'],
])('downloadFile() asks nobody for %s', async (url, reason) => {
  const order = orderOf(await serve(), { url });
  const error = (await downloadFile(order).catch((thrown: unknown) => thrown)) as Error;
  expect(error.message).toContain(reason);
  expect(error.message).not.toContain('secret');
});

test.skipIf(process.platform !== 'linux')('downloadFile() says that the disk is full', async () => {
  const order = orderOf(await serve());
  symlinkSync('/dev/full', `${order.file}.part`);
  await expect(downloadFile(order)).rejects.toThrow(/the disk of .* is full; make room and repeat the command/);
});
