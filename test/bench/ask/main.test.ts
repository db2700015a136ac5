import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { BenchReport } from '../side/goal.js';
import { repositoryRoot } from '../side/script-path.js';
import type { Row } from './row.js';

const program = join(repositoryRoot(), 'dist/test/bench/ask/main.js');

test('bench:ask without Optuna measures our side, says what is missing, and meets no goal that needs it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retune-bench-'));
  try {
    const json = join(folder, 'report.json');
    const args = ['--quick', '--size', '1000', '--objectives', '2', '--python', '/nonexistent/python', '--json', json];
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]);
    expect(stdout).toContain('Optuna is missing, no goal that needs it is met. /nonexistent/python');
    const { bench, rows, goals } = JSON.parse(readFileSync(json, 'utf8')) as BenchReport<Row>;
    expect(bench).toBe('ask');
    expect(rows.slice(0, 2)).toMatchObject([
      { trials: 1000, objectives: 2, constrained: false, ratio: null, note: 'Optuna is missing' },
      { trials: 1000, objectives: 2, constrained: true, ratio: null },
    ]);
    for (const { oursMs, bytesPerTrial } of rows.slice(0, 2)) {
      expect(oursMs).toBeGreaterThan(0);
      expect(bytesPerTrial).toBeGreaterThan(100);
    }
    expect(rows[2]).toEqual({ peer: 'optuna', missing: true });
    expect(goals.map(({ met, value }) => [met, value])).toEqual([
      [false, null],
      [false, null],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('bench:ask refuses an option with one line and exit code 2', async () => {
  const failed = promisify(execFile)(process.execPath, [program, '--size', 'x']);
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stderr: 'bench:ask: --size is x, must be an integer in [11, 200000]\n',
  });
});
