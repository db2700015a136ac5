import { median } from '../side/median.js';
import { type Box, type CurvePoint, curveOf, type LatencyOf, lastOf, secondToReach } from './curve.js';
import type { SideRun } from './side-run.js';

/**
 * Whose latency a model has. `table`: what its architecture takes in our runtime, for both sides alike, so that search and
 * training alone are compared; `own`: what its side measured.
 */
export const latencySources = ['table', 'own'] as const;
export type LatencySource = (typeof latencySources)[number];

/** A search with its curves. */
export interface SearchedRun extends SideRun {
  readonly curves: Readonly<Record<LatencySource, readonly CurvePoint[]>>;
}

/** All searches of one side, judged by one source of latencies. Numbers are medians over the seeds. */
export interface Row {
  readonly side: string;
  readonly latency: LatencySource;
  readonly searches: number;
  /** At the end, as a share of the box. */
  readonly hypervolume: number;
  /** When the side itself reached it. */
  readonly reachedSecond: number;
  /** Of a whole search. */
  readonly seconds: number;
  /** Trained to their end. */
  readonly models: number;
  readonly trials: number;
  /** Of one trial. */
  readonly trialSeconds: number;
  /** Of ours only: against the better setting of the script. */
  readonly against?: Comparison;
  /** Why there are no numbers. */
  readonly note?: string;
}

/** Ours against one setting of the script; null where ours did not get there in half of the seeds, or the script nowhere. */
export interface Comparison {
  readonly setting: string;
  /** Until ours had the script's final hypervolume. */
  readonly seconds: number | null;
  /** Over the seconds until the script had it. */
  readonly ratio: number | null;
  /** Over the seconds of the script's whole search. */
  readonly ratioWhole: number | null;
}

/** The curves of runs by both sources. */
export function searched(runs: readonly SideRun[], box: Box, table: ReadonlyMap<string, number>): SearchedRun[] {
  const own = { ...box, referenceLatencyMs: referenceLatency(box.mostLatencyMs, ownLatencies(runs)) };
  const byTable: LatencyOf = ({ architecture }) => table.get(architecture) ?? null;
  return runs.map((run) => ({
    ...run,
    curves: {
      table: curveOf(run.trials, box, byTable),
      own: curveOf(run.trials, own, ({ latencyMs }) => latencyMs),
    },
  }));
}

/** Twice the slowest of the latencies, within the constraint: the slowest network counts, and a quicker one for more. */
export function referenceLatency(mostLatencyMs: number, latencies: readonly number[]): number {
  return Math.min(mostLatencyMs, 2 * Math.max(...latencies));
}

/** The median for each side and architecture: a single call that was disturbed shall not decide the corner. */
function ownLatencies(runs: readonly SideRun[]): number[] {
  const groups = new Map<string, number[]>();
  for (const { side, trials } of runs) {
    for (const { architecture, latencyMs } of trials) {
      if (latencyMs === null) continue;
      const key = `${side} ${architecture}`;
      groups.set(key, [...(groups.get(key) ?? []), latencyMs]);
    }
  }
  return [...groups.values()].map(median);
}

/** A row for each side and source, ours with its comparison. @param scripts Names of the script's settings. */
export function rowsOf(runs: readonly SearchedRun[], scripts: readonly string[]): Row[] {
  const sides = [...new Set(runs.map(({ side }) => side))];
  return latencySources.flatMap((latency) => {
    const rows = sides.map((side) =>
      rowOf(
        runs.filter((run) => run.side === side),
        latency,
      ),
    );
    const best = betterScript(rows.filter(({ side }) => scripts.includes(side)));
    if (best === undefined) return rows;
    const theirs = runs.filter(({ side }) => side === best.side);
    return rows.map((row) => {
      if (scripts.includes(row.side)) return row;
      return {
        ...row,
        against: compare(
          runs.filter(({ side }) => side === row.side),
          theirs,
          latency,
        ),
      };
    });
  });
}

function rowOf(runs: readonly SearchedRun[], latency: LatencySource): Row {
  const of = (value: (run: SearchedRun) => number) => median(runs.map(value));
  return {
    side: runs[0].side,
    latency,
    searches: runs.length,
    hypervolume: of(({ curves }) => lastOf(curves[latency])),
    reachedSecond: of(({ curves }) => curves[latency].at(-1)?.second ?? 0),
    seconds: of(({ seconds }) => seconds),
    models: of(({ trials }) => trials.filter(({ state }) => state === 'COMPLETE').length),
    trials: of(({ trials }) => trials.length),
    trialSeconds: median(runs.flatMap(({ trials }) => trials.map(({ trialSeconds }) => trialSeconds))),
  };
}

/** The one that gets further; of equals the quicker one. */
function betterScript(rows: readonly Row[]): Row | undefined {
  return [...rows].sort((a, b) => b.hypervolume - a.hypervolume || a.reachedSecond - b.reachedSecond)[0];
}

/** Seed by seed; what ours did not reach counts as never, and where the script has nothing feasible nothing is compared. */
function compare(ours: readonly SearchedRun[], theirs: readonly SearchedRun[], latency: LatencySource): Comparison {
  const pairs = ours.flatMap((our) => {
    const their = theirs.find(({ seed }) => seed === our.seed);
    const goal = their?.curves[latency] ?? [];
    if (their === undefined || goal.length === 0) return [];
    const seconds = secondToReach(our.curves[latency], lastOf(goal)) ?? Infinity;
    return [{ seconds, reached: goal[goal.length - 1].second, whole: their.seconds }];
  });
  return {
    setting: theirs[0].side,
    seconds: finite(median(pairs.map(({ seconds }) => seconds))),
    ratio: finite(median(pairs.map(({ seconds, reached }) => seconds / reached))),
    ratioWhole: finite(median(pairs.map(({ seconds, whole }) => seconds / whole))),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
