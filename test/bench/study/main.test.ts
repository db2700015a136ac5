import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { BenchReport } from '../side/goal.js';
import { repositoryRoot } from '../side/script-path.js';

const program = join(repositoryRoot(), 'dist/test/bench/study/main.js');

async function reportOf(args: readonly string[]): Promise<BenchReport<object> & { stdout: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'retune-bench-'));
  try {
    const json = join(folder, 'report.json');
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--json', json]);
    return { ...JSON.parse(readFileSync(json, 'utf8')), stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('bench:study without Python says what is missing and meets no goal', async () => {
  const { bench, rows, goals, stdout } = await reportOf(['--side', 'constrained', '--python', '/nonexistent/python']);
  expect(bench).toBe('study');
  expect(stdout).toContain('The script cannot run, no goal that needs it is met. /nonexistent/python');
  expect(rows).toEqual([{ peer: 'optuna + torch', missing: true }]);
  expect(goals.map(({ met, value }) => [met, value])).toEqual([[false, null]]);
});

test('bench:study refuses an option with one line and exit code 2', async () => {
  const failed = promisify(execFile)(process.execPath, [program, '--seeds', 'x']);
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stderr: 'bench:study: --seeds is x, must be an integer in [1, 100]\n',
  });
});
