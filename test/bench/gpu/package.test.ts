import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../side/script-path.js';
import { vulkanLoader } from './system-libraries.js';

const run = promisify(execFile);
const packable = process.platform === 'linux' && process.arch === 'x64' && vulkanLoader() !== undefined;
if (!packable) process.stderr.write('skipped: packing needs Linux x64 with libvulkan.so.1 (Debian: libvulkan1)\n');

test.skipIf(!packable)(
  'the package measures on a machine with nothing else: an empty folder, an empty environment',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'retune-package-'));
    try {
      const archive = join(folder, 'bench.tar.gz');
      const main = join(repositoryRoot(), 'dist/test/bench/gpu/main.js');
      const packed = await run(process.execPath, [main, '--pack', archive]);
      expect(packed.stdout).toMatch(/: \d+\.\d MiB \(limit 64\)/);
      await run('tar', ['xf', archive, '-C', folder]);
      const small = ['--network', 'squeezenet1_1', '--size', '64', '--batch', '4', '--examples', '16'];
      const args = ['--device', 'cpu', '--no-torch', ...small, '--json', 'report.json'];
      const measured = await run(join(folder, 'retune-bench-gpu/run.sh'), args, { cwd: folder, env: {} });
      expect(measured.stdout).toContain('PyTorch is missing, no goal is met. --no-torch was given');
      const { bench, rows, goals } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
      expect(bench).toBe('gpu');
      expect(
        rows.slice(0, 3).map((row: { kind: string; engine: { rate: number } }) => [row.kind, row.engine.rate > 0]),
      ).toEqual([
        ['training', true],
        ['inference', true],
        ['shallow', true],
      ]);
      expect(goals.map(({ value, met }: { value: null; met: boolean }) => [value, met])).toEqual([
        [null, false],
        [null, false],
      ]);
      expect(existsSync(join(folder, 'retune-bench-gpu/app/test/bench/gpu/torch_gpu.py'))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
