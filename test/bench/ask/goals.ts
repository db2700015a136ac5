import type { Goal } from '../side/goal.js';
import type { Row } from './row.js';
import type { Scene } from './scene.js';

/** Optuna's time over ours, where a study has this many trials. */
const leastRatio = 10;
const ratioSizes = [1000, 5000];
/** Trials between which growth is measured: at fewer, what does not grow hides it. */
const leastSizeForGrowth = 1000;

/** The goals of the rows that were measured. */
export function goalsOf(rows: readonly Row[]): Goal[] {
  return [...ratios(rows), ...growths(rows)];
}

/** What a scene is called, but for its size. */
export function kindOf({ objectives, constrained }: Scene): string {
  return `${objectives} ${objectives === 1 ? 'objective' : 'objectives'}${constrained ? ', constrained' : ''}`;
}

function ratios(rows: readonly Row[]): Goal[] {
  return rows
    .filter(({ trials }) => ratioSizes.includes(trials))
    .map((row) => ({
      name: `ask + tell: Optuna / ours, ${row.trials} trials, ${kindOf(row)}`,
      value: row.ratio,
      goal: leastRatio,
      sense: '>=',
      met: row.ratio !== null && row.ratio >= leastRatio,
    }));
}

/** The exponent of the time between the smallest and the largest study, beside that of n log n. */
function growths(rows: readonly Row[]): Goal[] {
  return [...new Set(rows.map(kindOf))].flatMap((kind) => {
    const measured = rows
      .filter((row) => kindOf(row) === kind && row.trials >= leastSizeForGrowth && row.oursMs !== null)
      .sort((a, b) => a.trials - b.trials);
    const [first, last] = [measured[0], measured[measured.length - 1]];
    if (measured.length < 2) return [];
    const spread = Math.log(last.trials / first.trials);
    const value = Math.log((last.oursMs as number) / (first.oursMs as number)) / spread;
    const goal = Number((1 + Math.log(Math.log(last.trials) / Math.log(first.trials)) / spread).toFixed(3));
    const name = `growth exponent from ${first.trials} to ${last.trials} trials (n log n: ${goal}), ${kind}`;
    return [{ name, value, goal, sense: '<=', met: value <= goal }];
  });
}
