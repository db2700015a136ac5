import type { Goal } from '../side/goal.js';
import type { Row } from './row.js';

/** Part of the script's time in which ours should have what the script has in the end. */
const mostRatio = 0.1;

/** The goal of the comparison; without a number it is not met. */
export function goalsOf(rows: readonly Row[]): Goal[] {
  const row = rows.find(({ side, latency }) => side === 'ours' && latency === 'table');
  const value = row?.against?.ratio ?? null;
  return [
    {
      name: "our seconds to the script's final hypervolume, over its own",
      value,
      goal: mostRatio,
      sense: '<=',
      met: value !== null && value <= mostRatio,
    },
  ];
}
