import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { BenchReport } from '../side/goal.js';
import { repositoryRoot } from '../side/script-path.js';
import type { Row } from './row.js';

const program = join(repositoryRoot(), 'dist/test/bench/engine/main.js');
const small = [
  '--network',
  'squeezenet1_1',
  '--size',
  '32',
  '--threads',
  '1',
  '--python',
  '/nonexistent/python',
  '--quick',
];

async function reportOf(args: readonly string[]): Promise<BenchReport<Row> & { stdout: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'retune-bench-'));
  try {
    const json = join(folder, 'report.json');
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...small, ...args, '--json', json]);
    return { ...JSON.parse(readFileSync(json, 'utf8')), stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('bench:engine without PyTorch measures our side, says what is missing, and meets no goal', async () => {
  const { bench, machine, versions, rows, goals, stdout } = await reportOf(['--only', 'training', '--only', 'frozen']);
  expect(stdout).toContain('PyTorch is missing, no goal that needs it is met. /nonexistent/python');
  expect([bench, typeof machine.cpu, versions.node]).toEqual(['engine', 'string', process.version]);
  const [training, frozen, peer] = rows;
  expect(training).toMatchObject({
    kind: 'training',
    batch: 16,
    torchSeconds: {},
    ratio: null,
    note: 'PyTorch is missing',
  });
  expect(training.engineSeconds).toBeGreaterThan(0);
  expect(training.engineBytes).toBeGreaterThan(2 ** 26);
  expect(frozen.engineSeconds).toBeGreaterThan(0);
  expect(peer).toEqual({ peer: 'torch', missing: true });
  expect(goals.map(({ met, value }) => [met, value])).toEqual(Array(4).fill([false, null]));
});

test.skipIf(process.platform !== 'linux')(
  'bench:engine halves the batch where memory is short, and says at last that nothing fits',
  async () => {
    const { rows } = await reportOf(['--only', 'training', '--memory', '0.01']);
    expect(rows[0]).toMatchObject({ kind: 'training', batch: 1, engineSeconds: null, note: 'does not fit 0.01 GiB' });
  },
);

test('bench:engine refuses an option with one line and exit code 2', async () => {
  const failed = promisify(execFile)(process.execPath, [program, '--size', 'x']);
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stderr: 'bench:engine: --size is x, must be an integer in [1, 2048]\n',
  });
});
