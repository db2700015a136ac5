/** @file Networks in our engine and in PyTorch eager, in turn; `--help` tells the options. */
import { writeFileSync } from 'node:fs';
import { findCard } from '#model-zoo';
import { UsageError } from '../side/bench-options.js';
import { type BenchReport, goalLines } from '../side/goal.js';
import { engineVersions, machine } from '../side/machine.js';
import { ProgressLines } from '../side/progress-lines.js';
import { findTorchPython, howToGetTorch } from '../side/torch-python.js';
import { goalsOf } from './goals.js';
import { measureScene } from './measure-scene.js';
import { type BenchOptions, type PlannedScene, parseOptions, usage } from './options.js';
import { profileTraining } from './profile-training.js';
import type { Row } from './row.js';
import { tablesOf } from './table.js';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else if (options.profile !== undefined) console.log(await profileTraining(options.scenes[0]));
  else await compare(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench:engine: ${error.message}`);
  process.exitCode = 2;
}

async function compare(options: BenchOptions): Promise<void> {
  const { python, problem } = await findTorchPython(options.python);
  const about = machine();
  const versions = { ...engineVersions(), ...python?.versions };
  console.log(
    `${about.cpu}, ${about.cores} cores, ${about.arch}, ${about.memoryGiB} GiB, load average ${Number(about.loadBefore).toFixed(1)}`,
  );
  console.log(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  if (python === undefined)
    console.log(`PyTorch is missing, no goal that needs it is met. ${problem}\n${howToGetTorch}`);
  if (Number(about.loadBefore) > 1) {
    console.log('The machine is busy: PyTorch suffers more from that, the ratios come out too high.');
  }
  if (options.quick)
    console.log('--quick leaves out: the crop size, one thread, inference, frozen prefixes, most rounds.');
  const rows = await measureAll(options, python?.program);
  const goals = goalsOf(rows);
  console.log(`\n${tablesOf(rows)}\n\n${goalLines(goals).join('\n')}`);
  if (options.json === undefined) return;
  const missing = python === undefined ? [{ peer: 'torch', missing: true }] : [];
  const report: BenchReport<Row | { peer: string; missing: boolean }> = {
    bench: 'engine',
    machine: about,
    versions,
    rows: [...rows, ...missing],
    goals,
  };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

async function measureAll(
  { scenes, quick, cache, memoryGiB }: BenchOptions,
  python: string | undefined,
): Promise<Row[]> {
  const progress = new ProgressLines(scenes.map(costOf), (line) => console.error(line));
  const rows: Row[] = [];
  for (const scene of scenes) {
    progress.begin(`${scene.network} ${scene.size} px, ${scene.threads} threads`);
    rows.push(...(await measureScene(scene, { python, quick, cacheFolder: cache, limitBytes: memoryGiB * 2 ** 30 })));
  }
  return rows;
}

/** About the seconds of a scene: starting its processes, and rounds whose time goes with the multiply-accumulates. */
function costOf({ network, size, threads, kinds }: PlannedScene): number {
  const { gigaMacs, defaultImageSize } = findCard(network);
  const step = (gigaMacs * 48 * (size / defaultImageSize) ** 2) / (20 * Math.min(threads, 2));
  const weights = { training: 12, inference: 1, frozen: 4, head: 0 };
  return kinds.reduce((seconds, kind) => seconds + Math.max(3, step * weights[kind]), 6);
}
