/** @file Our service and an Optuna + PyTorch script search the demo's space in turn; `--help` tells the options. */
import { rmSync, writeFileSync } from 'node:fs';
import { UsageError } from '../side/bench-options.js';
import { type BenchReport, goalLines } from '../side/goal.js';
import { engineVersions, machine } from '../side/machine.js';
import { compareSides } from './compare-sides.js';
import { writeCurveFiles } from './curve-files.js';
import { goalsOf } from './goals.js';
import { type BenchOptions, parseOptions, usage } from './options.js';
import type { Row } from './row.js';
import { findStudyPython, howToGetScript } from './study-python.js';
import { prepareScene } from './study-scene.js';
import { tablesOf } from './table.js';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await compare(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench:study: ${error.message}`);
  process.exitCode = 2;
}

async function compare(options: BenchOptions): Promise<void> {
  const python = options.scripts.length > 0 ? await findStudyPython(options.python) : undefined;
  const about = machine();
  const versions = { ...engineVersions(), ...python?.versions };
  const { cpu, cores, arch, memoryGiB, loadBefore } = about;
  console.log(`${cpu}, ${cores} cores, ${arch}, ${memoryGiB} GiB, load average ${Number(loadBefore).toFixed(1)}`);
  console.log(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  if (Number(loadBefore) > 1) console.log('The machine is busy: seconds and latencies come out too high.');
  if (python?.problem !== undefined) {
    console.log(`The script cannot run, no goal that needs it is met. ${python.problem}\n${howToGetScript}`);
  }
  const scene = await prepareScene(options.seconds);
  try {
    const { runs, rows, latencies } = await compareSides(options, scene, python?.program);
    const goals = goalsOf(rows);
    const table = [...latencies].map(([name, ms]) => `${name} ${ms.toFixed(2)}`).join(', ');
    console.log(`p95 of ${scene.spec.training.latencyBatch} pictures in our runtime, ms: ${table}`);
    console.log(`\n${tablesOf(rows)}\n\n${goalLines(goals).join('\n')}`);
    if (options.out !== undefined) writeCurveFiles(options.out, runs, scene.seconds);
    if (options.json === undefined) return;
    const missing = python?.problem === undefined ? [] : [{ peer: 'optuna + torch', missing: true }];
    const report: BenchReport<Row | { peer: string; missing: boolean }> = {
      bench: 'study',
      machine: about,
      versions,
      rows: [...rows, ...missing],
      goals,
    };
    writeFileSync(options.json, `${JSON.stringify({ ...report, runs }, null, 2)}\n`);
  } finally {
    rmSync(scene.folder, { recursive: true, force: true });
  }
}
