import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../../dist/apps/api/src/main.js', import.meta.url));
const recorder = new URL('../support/record-modules.mjs', import.meta.url).href;

let folder: string;
const started: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retune api '));
});
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Service {
  child: ChildProcess;
  url: string;
  errors: string[];
}

/** Starts the built service on embedded Postgres and waits until it listens. */
async function start(settings: Record<string, string> = {}, flags: string[] = []): Promise<Service> {
  const child = spawn(process.execPath, [...flags, entry, '--data', join(folder, 'data')], {
    env: { PATH: process.env.PATH, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  started.push(child);
  const errors: string[] = [];
  createInterface({ input: child.stderr as NonNullable<typeof child.stderr> }).on('line', (line) => errors.push(line));
  const message = once(child, 'message');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }), 'line'),
    once(child, 'exit').then(() => [`exited: ${errors.join('\n')}`]),
  ]);
  const listening = JSON.parse(line as string);
  expect(listening).toEqual({ event: 'listening', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  expect((await message)[0]).toEqual(listening);
  return { child, url: listening.url, errors };
}

/** Its own patience ends it with 1. */
async function stop({ child }: Service, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

test('the built service starts on embedded Postgres without tensor library, decoder or runtime, and stops cleanly', async () => {
  const modules = join(folder, 'modules');
  const service = await start({ RECORDED_MODULES: modules }, ['--import', recorder]);
  expect(await (await fetch(`${service.url}/health/ready`)).json()).toMatchObject({ status: 'ok', database: 'up' });
  expect((await fetch(`${service.url}/v1/architectures`)).status).toBe(200);
  expect((await fetch(`${service.url}/docs-json`)).status).toBe(200);
  expect((await stat(join(folder, 'data', 'worker-token'))).mode & 0o777).toBe(0o600);
  const heavy = /@tensorflow|node_modules\/(onnxruntime|sharp|@img)|libs\/engine|pictures\.js|networks\.js/;
  const imported = (await readFile(modules, 'utf8')).split('\n');
  expect(imported.length).toBeGreaterThan(200);
  expect(imported.filter((url) => heavy.test(url))).toEqual([]);
  if (process.platform === 'linux') {
    const mapped = await readFile(`/proc/${service.child.pid}/maps`, 'utf8');
    expect(mapped).not.toMatch(/onnxruntime|sharp|libvips|tensorflow/);
  }
  await stop(service, 'SIGTERM');
  for (const line of service.errors) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) });
});

test.each(['SIGINT', 'SIGHUP'] as const)(
  'a later start finds the same database and token, and %s ends it too',
  async (signal) => {
    const token = await readFile(join(folder, 'data', 'worker-token'), 'utf8');
    const service = await start();
    expect(await readFile(join(folder, 'data', 'worker-token'), 'utf8')).toBe(token);
    await stop(service, signal);
    await expect(stat(join(folder, 'data', 'postgres', 'data', 'postmaster.pid'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  },
);

test('settings that cannot be used are told together, in one line without a stack, and the process ends with 2', async () => {
  const child = spawn(process.execPath, [entry], { env: { PORT: 'x', RETUNE_LEASE_SECONDS: '-1' }, stdio: 'pipe' });
  started.push(child);
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(2);
  const { level, message } = JSON.parse(text);
  expect(level).toBe('fatal');
  expect(message).toMatch(/PORT: .*RETUNE_LEASE_SECONDS: /);
  expect(message).not.toContain('    at ');
});
