/** @file Our service and an Optuna + PyTorch script search the demo's space in turn; `--help` tells the options. */
import { rmSync, writeFileSync } from 'node:fs';
import { UsageError } from '../side/bench-options.js';
import { type BenchReport, goalLines } from '../side/goal.js';
import { engineVersions, machine } from '../side/machine.js';
import { type Compared, compareSides } from './compare-sides.js';
import { writeCurveFiles } from './curve-files.js';
import { goalsOf } from './goals.js';
import { largeManifestText, measureLargeManifest } from './large-manifest/large-manifest.js';
import { type BenchOptions, parseOptions, usage } from './options.js';
import type { Row } from './row.js';
import { findStudyPython, howToGetScript } from './study-python.js';
import { prepareScene } from './study-scene.js';
import { tablesOf } from './table.js';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else if (options.largeManifest) await countLargeManifest(options);
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
  const { runs, rows } = await searchAll(options, python?.program);
  const goals = goalsOf(rows);
  console.log(`\n${tablesOf(rows)}\n\n${goalLines(goals).join('\n')}`);
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
}

async function searchAll(options: BenchOptions, program: string | undefined): Promise<Pick<Compared, 'runs' | 'rows'>> {
  if (options.ours.length === 0 && program === undefined) return { runs: [], rows: [] };
  const scene = await prepareScene({ seconds: options.seconds, withWeights: program !== undefined });
  try {
    const { runs, rows, latencies, box } = await compareSides(options, scene, program);
    const table = [...latencies].map(([name, ms]) => `${name} ${ms.toFixed(2)}`).join(', ');
    console.log(`${scene.spec.training.latencyBatch} pictures in our runtime, ms: ${table}`);
    console.log(
      `the box: accuracy from ${box.leastAccuracy} to 1, latency from ${box.referenceLatencyMs.toFixed(2)} ms to 0`,
    );
    if (options.out !== undefined) writeCurveFiles(options.out, runs, scene.seconds);
    return { runs, rows };
  } finally {
    rmSync(scene.folder, { recursive: true, force: true });
  }
}

async function countLargeManifest({ images, json }: BenchOptions): Promise<void> {
  const counted = await measureLargeManifest(images);
  console.log(largeManifestText(counted));
  if (json === undefined) return;
  const report = { bench: 'study', machine: machine(), versions: engineVersions(), rows: counted.steps, goals: [] };
  writeFileSync(json, `${JSON.stringify({ ...report, features: counted.features }, null, 2)}\n`);
}
