/** @file Ask and tell in studies of many trials, ours and Optuna's TPE in turn; `--help` tells the options. */
import { writeFileSync } from 'node:fs';
import { UsageError } from '../side/bench-options.js';
import { type BenchReport, goalLines } from '../side/goal.js';
import { machine } from '../side/machine.js';
import { ProgressLines } from '../side/progress-lines.js';
import { goalsOf, kindOf } from './goals.js';
import { measureScene } from './measure-scene.js';
import { type AskOptions, parseOptions, usage } from './options.js';
import { findOptuna, howToGetOptuna } from './optuna-python.js';
import type { Row } from './row.js';
import { tableOf } from './table.js';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else await compare(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench:ask: ${error.message}`);
  process.exitCode = 2;
}

async function compare({ scenes, quick, json, python }: AskOptions): Promise<void> {
  const optuna = await findOptuna(python);
  const about = machine();
  const versions = { node: process.version, ...optuna.versions };
  const { cpu, cores, arch, memoryGiB, loadBefore } = about;
  console.log(`${cpu}, ${cores} cores, ${arch}, ${memoryGiB} GiB, load average ${Number(loadBefore).toFixed(1)}`);
  console.log(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  if (optuna.problem !== undefined) {
    console.log(`Optuna is missing, no goal that needs it is met. ${optuna.problem}\n${howToGetOptuna}`);
  }
  const progress = new ProgressLines(
    scenes.map(({ trials }) => 2 + trials / 1000),
    (line) => console.error(line),
  );
  const rows: Row[] = [];
  for (const scene of scenes) {
    progress.begin(`${scene.trials} trials, ${kindOf(scene)}`);
    rows.push(await measureScene(scene, { python: optuna.program, quick }));
  }
  const goals = goalsOf(rows);
  console.log(`\n${tableOf(rows)}\n\n${goalLines(goals).join('\n')}`);
  if (json === undefined) return;
  const missing = optuna.program === undefined ? [{ peer: 'optuna', missing: true }] : [];
  const report: BenchReport<Row | { peer: string; missing: boolean }> = {
    bench: 'ask',
    machine: about,
    versions,
    rows: [...rows, ...missing],
    goals,
  };
  writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
}
