import type { Goal } from '../side/goal.js';
import type { Row } from './row.js';

/** Largest error of the ETA after the first minute, in parts of what the study took. */
const mostError = 0.15;
/** Epochs of training after the end of a budget. */
const mostOverrun = 1;
/** Part of the 90 % intervals that hold what it took, all studies together. */
const leastCoverage = 0.8;

/** The goals; of a study that took less than a minute the ETA after a quarter of it counts. */
export function goalsOf(rows: readonly Row[]): Goal[] {
  const coverages = rows.flatMap(({ coverage }) => (coverage === null ? [] : [coverage]));
  const coverage = coverages.length === 0 ? null : coverages.reduce((a, b) => a + b) / coverages.length;
  return [
    ...rows.map((row): Goal => {
      const first = row.minute ?? row.quarters[0] ?? null;
      const value = first && Math.abs(first.error);
      const when = row.minute ? 'after the first minute' : 'after a quarter';
      return {
        name: `error of the ETA ${when}: ${row.study}`,
        ...{ value, goal: mostError, sense: '<=' },
        met: value !== null && value <= mostError,
      };
    }),
    ...rows
      .filter(({ overrunEpochs }) => overrunEpochs !== null)
      .map(
        ({ study, overrunEpochs: value }): Goal => ({
          name: `longest epochs after the end of the budget: ${study}`,
          ...{ value, goal: mostOverrun, sense: '<=' },
          met: (value as number) <= mostOverrun,
        }),
      ),
    {
      name: 'part of the 90 % intervals that hold what it took',
      ...{ value: coverage, goal: leastCoverage, sense: '>=' },
      met: coverage !== null && coverage >= leastCoverage,
    },
  ];
}
