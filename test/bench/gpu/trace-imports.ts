import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Workload } from '../engine/workload.js';
import { repositoryRoot, scriptPath } from '../side/script-path.js';

/** Every file of the repository, relative to its root, that the bench loads when it runs: found by running it. */
export function tracedFiles(): string[] {
  const root = repositoryRoot();
  const folder = mkdtempSync(join(tmpdir(), 'retune-trace-'));
  const recorded = join(folder, 'imports.txt');
  const here = dirname(fileURLToPath(import.meta.url));
  try {
    record(join(here, 'main.js'), ['--help'], '', recorded);
    const common = { network: 'squeezenet1_1', size: 32, batch: 1, classes: 2 };
    const works: Workload[] = [
      { ...common, kind: 'training' },
      { ...common, kind: 'inference' },
    ];
    const lines = works.flatMap((work) => [{ prepare: work }, { run: 1 }]).map((line) => `${JSON.stringify(line)}\n`);
    record(join(here, '../engine/engine-process.js'), [], lines.join(''), recorded);
    const paths = new Set(readFileSync(recorded, 'utf8').trim().split('\n'));
    // Modules have the path that links lead to.
    const modules = realpathSync(join(root, 'node_modules'));
    return [...paths]
      .map((path) => (path.startsWith(modules) ? path.replace(modules, 'node_modules') : relative(root, path)))
      .filter((path) => path.startsWith(`dist${sep}`) || path.startsWith(`node_modules${sep}`))
      .sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function record(script: string, args: readonly string[], input: string, recorded: string): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', scriptPath('gpu/record-imports.mjs'), script, ...args],
    { input, encoding: 'utf8', env: { ...process.env, RECORDED_IMPORTS: recorded } },
  );
  if (status !== 0 || stdout.includes('"error"')) throw new Error(`Cannot trace ${script}: ${stderr || stdout}`);
}
