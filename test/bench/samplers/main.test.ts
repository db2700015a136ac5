import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { BenchReport } from '../side/goal.js';
import { repositoryRoot } from '../side/script-path.js';
import type { Row } from './row.js';

const program = join(repositoryRoot(), 'dist/test/bench/samplers/main.js');

async function run(args: readonly string[], peers?: object): Promise<BenchReport<Row> & { stdout: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'retune-bench-'));
  try {
    const [json, file] = [join(folder, 'report.json'), join(folder, 'peers.json')];
    if (peers !== undefined) writeFileSync(file, JSON.stringify(peers));
    const all = [program, '--no-peers', ...args, '--json', json, '--peers', file];
    const { stdout } = await promisify(execFile)(process.execPath, all);
    return { ...JSON.parse(readFileSync(json, 'utf8')), stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const small = ['--problem', 'bnh', '--sampler', 'random', '--sampler', 'tpe', '--seeds', '1'];

test('bench:samplers without Optuna searches with ours, says what is missing, and meets no goal of comparison', async () => {
  const { bench, machine, versions, rows, goals, stdout } = await run(small);
  expect(stdout).toContain('Optuna is missing: no goal that needs it is met.');
  expect([bench, typeof machine.cpu, versions.node]).toEqual(['samplers', 'string', process.version]);
  const [random, tpe, peer] = rows;
  expect(random).toMatchObject({ problem: 'bnh', side: 'ours', sampler: 'random', spread: { searches: 1 } });
  // Feasible points of BNH fill three quarters of the box.
  for (const { spread } of [random, tpe]) expect(spread?.mean).toBeCloseTo(0.74, 1);
  expect(tpe.spread?.mean).not.toBe(random.spread?.mean);
  expect(peer).toEqual({ peer: 'optuna', missing: true });
  expect(goals.map(({ met }) => met)).toEqual([false, false]);
});

test('bench:samplers takes the figures of Optuna from a file', async () => {
  const { rows, stdout } = await run(small, { 'optuna 9.9.9 / bnh, 150 trials / tpe / seed 0': 0.7 });
  expect(stdout).toContain('optuna 9.9.9, figures of the file alone');
  const peers = rows.filter(({ side }) => side === 'optuna 9.9.9');
  expect(peers.map(({ sampler, spread, note }) => [sampler, spread?.mean, note])).toEqual([
    ['random', undefined, 'not in the file'],
    ['tpe', 0.7, undefined],
  ]);
});

test('bench:samplers refuses an unknown problem with one line and exit code 2', async () => {
  const failed = promisify(execFile)(process.execPath, [program, '--no-peers', '--problem', 'zdt9']);
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^bench:samplers: --problem is zdt9, must be one of surrogate, .*\n$/),
  });
});
