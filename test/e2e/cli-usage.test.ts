import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.js';

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
  for (const name of ['demo', 'start', 'worker', 'dataset', 'study', 'pareto', 'export', 'predict', 'zoo', 'doctor']) {
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
  { args: ['study', 'list', '--api', nowhere], code: 3, says: /Cannot reach the service at http:\/\/127\.0\.0\.1:1/ },
])('retune $args ends with $code, one readable line and no stack', async ({ args, code, says }) => {
  const end = await runCli(args, { folder });
  expect(end.code).toBe(code);
  expect(end.stdout).toBe('');
  expect(end.stderr).toMatch(says);
  expect(end.stderr).not.toMatch(/^\s+at /m);
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
    expect.arrayContaining(['Node.js', 'Memory', 'Database', 'ONNX Runtime', 'Device', 'Data folder']),
  );
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
