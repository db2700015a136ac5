import { CliError } from '../../../apps/cli/src/cli-error.js';
import { listenForInterruption } from '../../../apps/cli/src/interruption.js';
import { ProgressLines } from '../side/progress-lines.js';
import type { Box } from './curve.js';
import { measureLatencies } from './measure-latencies.js';
import type { BenchOptions } from './options.js';
import { runOurs } from './our-side.js';
import { type Row, referenceLatency, rowsOf, type SearchedRun, searched } from './row.js';
import { scriptName } from './script-setting.js';
import { runScript } from './script-side.js';
import type { SideRun } from './side-run.js';
import type { StudyScene } from './study-scene.js';

/** What was searched. */
export interface Compared {
  readonly runs: readonly SearchedRun[];
  readonly rows: readonly Row[];
  /** By architecture, ms. */
  readonly latencies: ReadonlyMap<string, number>;
  /** Of the volumes by these latencies. */
  readonly box: Box;
}

/** Whatever searches. */
export interface Side {
  readonly name: string;
  run(seed: number): Promise<SideRun>;
}

/** Of the demo's pictures: ants and bees. */
const classes = 2;

/** Lets all sides search, and judges what they found. @param program Python for the script; without one ours are alone. */
export async function compareSides(
  options: Pick<BenchOptions, 'ours' | 'scripts' | 'seeds'>,
  scene: StudyScene,
  program: string | undefined,
): Promise<Compared> {
  const { signal } = listenForInterruption();
  const latencies = await measureLatencies(scene, classes);
  const scripts = program === undefined ? [] : options.scripts;
  const sides: Side[] = [
    ...options.ours.map((side) => ({ name: side.name, run: (seed: number) => runOurs(side, seed, scene, signal) })),
    ...scripts.map((setting) => ({
      name: scriptName(setting),
      run: (seed: number) => runScript(program ?? '', setting, seed, scene),
    })),
  ];
  const { runs, refusals } = await runInTurn(sides, options.seeds, (line) => console.error(line));
  const box = boxOf(scene, latencies);
  const done = searched(runs, box, latencies);
  const inOrder = sides.flatMap(({ name }) => done.filter(({ side }) => side === name));
  return { runs: inOrder, rows: [...rowsOf(inOrder, scripts.map(scriptName)), ...refusals], latencies, box };
}

/**
 * All sides one after the other, seed by seed; another one begins each seed, so that none always has the warm or the cold
 * machine. A side that the service refuses is a row that says why.
 */
export async function runInTurn(sides: readonly Side[], seeds: number, say: (line: string) => void) {
  const progress = new ProgressLines(Array(seeds * sides.length).fill(1), say);
  const runs: SideRun[] = [];
  const refusals = new Map<string, Row>();
  for (let seed = 0; seed < seeds; seed++) {
    const first = seed % Math.max(1, sides.length);
    for (const side of [...sides.slice(first), ...sides.slice(0, first)]) {
      progress.begin(`${side.name}, seed ${seed}`);
      if (refusals.has(side.name)) continue;
      try {
        runs.push(await side.run(seed));
      } catch (error) {
        // An option that this service does not know is said in the table; the other sides are worth their time.
        if (!(error instanceof CliError)) throw error;
        refusals.set(side.name, refusal(side.name, [error.message, ...error.details].join(': ')));
      }
    }
  }
  return { runs, refusals: [...refusals.values()] };
}

function refusal(side: string, note: string): Row {
  const none = { hypervolume: 0, reachedSecond: 0, seconds: 0, models: 0, trials: 0, trialSeconds: Number.NaN };
  return { side, latency: 'table', searches: 0, ...none, note };
}

function boxOf({ spec }: StudyScene, latencies: ReadonlyMap<string, number>): Box {
  const leastAccuracy = bound(spec, 'accuracy') ?? 0;
  const mostLatencyMs = bound(spec, 'latencyP95Ms') ?? Infinity;
  return { leastAccuracy, mostLatencyMs, referenceLatencyMs: referenceLatency(mostLatencyMs, [...latencies.values()]) };
}

function bound({ constraints }: StudyScene['spec'], metric: string): number | undefined {
  const found = constraints.find((constraint) => constraint.metric === metric);
  return found?.atLeast ?? found?.atMost;
}
