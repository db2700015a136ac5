import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli, startCli } from '../support/run-cli.js';

/** Nobody listens there: the port is reserved. */
const nowhere = 'http://127.0.0.1:1';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retune usage '));
  chmodSync(folder, 0o755); // the user that root's database runs as must get in
});
afterAll(() => rmSync(folder, { recursive: true }));

test('retune --help names every command and exit code, from any folder', async () => {
  const { code, stdout } = await runCli(['--help'], { folder });
  expect(code).toBe(0);
  for (const name of [
    'demo',
    'start',
    'worker',
    'dataset',
    'study',
    'pareto',
    'export',
    'predict',
    'profile',
    'zoo',
    'storage',
    'database-url',
    'doctor',
  ]) {
    expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
  }
  expect(stdout).toMatch(/^ {2}130 +interrupted$/m);
});

test.each([
  { args: ['bogus'], code: 2, says: /unknown command 'bogus'/ },
  { args: ['start', '--port', 'x'], code: 2, says: /a whole number from 0 to 65535/ },
  { args: ['study', 'create', 'nothing.yaml'], code: 2, says: /Cannot read nothing\.yaml/ },
  { args: ['study', 'create'], code: 2, says: /Name one file/ },
  { args: ['predict', '.', 'x.jpg'], code: 2, says: /is no export/ },
  {
    args: ['study', 'list', '--api', 'localhost:4680'],
    code: 2,
    says: /^retune: --api is "localhost:4680"\n {2}Allowed: /,
  },
  { args: ['draw', 'insects', 'x', '--seed', '-1'], code: 2, says: /from 0 to 4294967295/ },
  {
    args: ['zoo', 'pretrain', '--architecture', 'vgg99'],
    code: 2,
    says: /^worker: Cannot find architecture vgg99: [^\n]*\n$/,
  },
  {
    args: ['database-url', '--data', 'none'],
    code: 3,
    says: /^retune: No database runs in .*none\n {2}"retune start" /,
  },
  { args: ['study', 'list', '--api', nowhere], code: 3, says: /Cannot reach the service at http:\/\/127\.0\.0\.1:1/ },
])('retune $args ends with $code, one readable line and no stack', async ({ args, code, says }) => {
  const end = await runCli(args, { folder });
  expect(end.code).toBe(code);
  expect(end.stdout).toBe('');
  expect(end.stderr).toMatch(says);
  expect(end.stderr).not.toMatch(/^\s+at /m);
});

test('retune database-url prints DATABASE_URL, and with --optuna its views for SQLAlchemy', async () => {
  const env = { DATABASE_URL: 'postgres://ann:secret@db:5433/retune?sslmode=require' };
  const plain = await runCli(['database-url'], { folder, env });
  expect(plain).toEqual({ code: 0, stdout: `${env.DATABASE_URL}\n`, stderr: '' });
  const { stdout } = await runCli(['database-url', '--optuna'], { folder, env });
  expect(stdout).toBe(
    'postgresql+psycopg2://ann:secret@db:5433/retune?sslmode=require&options=-csearch_path%3Doptuna\n',
  );
});

const wrongSettings: { env: Record<string, string>; says: RegExp }[] = [
  { env: { PORT: 'eighty' }, says: /^retune: PORT is "eighty"\n {2}Allowed: a whole number from 0 to 65535/ },
  {
    env: { PORT: '0', DATABASE_URL: 'mysql://x' },
    says: /api\.log: .*settings: DATABASE_URL: must be a postgres:\/\/ URL$/m,
  },
  {
    env: { PORT: '0', RETUNE_LEASE_SECONDS: '5' },
    says: /api\.log: .*settings: RETUNE_HEARTBEAT_SECONDS: must be at most a third/,
  },
];
test.each(wrongSettings)('retune start with the wrong setting $env ends with 2 and names it', async ({ env, says }) => {
  const end = await runCli(['start', '--data', 'wrong settings'], { folder, env });
  expect(end.code).toBe(2);
  expect(end.stderr).toMatch(says);
  expect(readdirSync(folder)).not.toContain('data');
});

test('retune start listens where HOST and PORT say', async () => {
  const hasIpv6 = networkInterfaces().lo?.some(({ address }) => address === '::1');
  const host = hasIpv6 ? '::1' : '127.0.0.1';
  const port = await freePort(host);
  const env = { HOST: host, PORT: String(port) };
  const service = startCli(['start', '--no-worker', '--json', '--data', 'elsewhere'], { folder, env });
  const [line] = await service.printed(/^\{.*"event":"listening".*\}$/m);
  const { url } = JSON.parse(line) as { url: string };
  expect(url).toBe(`http://${hasIpv6 ? '[::1]' : host}:${port}`);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  service.process.kill('SIGTERM');
  expect((await service.ended).code).toBe(0);
});

test('--debug shows where an error came from', async () => {
  const { stderr } = await runCli(['study', 'list', '--api', nowhere, '--debug'], { folder });
  expect(stderr).toMatch(/^\s+at .*api-client/m);
});

test('retune study create names every wrong field before it talks to anybody', async () => {
  writeFileSync(join(folder, 'study.yaml'), 'name: x\ndataset: d\ntrials: 0\nsearchSpace: { epochs: [0] }\n');
  const { code, stderr } = await runCli(['study', 'create', 'study.yaml', '--api', nowhere], { folder });
  expect(code).toBe(2);
  const fields = stderr
    .split('\n')
    .slice(1, -1)
    .map((line) => line.trim().split(':')[0]);
  expect(fields.sort()).toEqual([
    'searchSpace.architecture',
    'searchSpace.epochs[0]',
    'searchSpace.learningRate',
    'searchSpace.retrainDepth',
    'trials',
  ]);
});

test('retune doctor --json prints one JSON document with every check', async () => {
  const { code, stdout } = await runCli(['doctor', '--json', '--data', join(folder, 'data')], { folder });
  const report = JSON.parse(stdout) as { ok: boolean; checks: { name: string; state: string }[] };
  expect([code, report.ok]).toEqual([0, true]);
  const names = report.checks.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['Node.js', 'Memory', 'Database', 'ONNX Runtime', 'Device cpu', 'Data folder']),
  );
});

test('retune start gives up at once where --devices or RETUNE_DEVICES names none', async () => {
  const start = ['start', '--port', '0', '--data', 'devices'];
  const wrong = await runCli([...start, '--devices', 'gpu'], { folder });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('--devices is "gpu", must be auto, or a list with commas of cpu, webgpu:0 and cuda:0');
  const variable = await runCli(start, { folder, env: { RETUNE_DEVICES: 'cuda:' } });
  expect(variable.code).toBe(2);
  expect(variable.stderr).toContain('RETUNE_DEVICES is "cuda:", must be');
});

test('retune start gives up where no worker stays up, and says why', async () => {
  const locks = join(folder, 'busy', 'locks');
  mkdirSync(locks, { recursive: true });
  const lock = `worker-${hostname()}-cpu.lock`.replace(/[^A-Za-z0-9._-]/g, '_');
  writeFileSync(join(locks, lock), JSON.stringify({ pid: process.pid, startedTicks: null, worker: 'another' }));
  const { code, stderr } = await runCli(['start', '--port', '0', '--data', 'busy'], { folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^retune: The worker ended with exit code 1\n/);
  expect(stderr).toMatch(/worker\.log: .*worker another .* already uses it/);
});

function freePort(host: string): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
