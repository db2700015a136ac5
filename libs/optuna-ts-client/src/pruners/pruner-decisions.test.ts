import { describe, expect, test } from 'vitest';
import type { Direction } from '../frozen-trial.js';
import { makeTrial } from '../testing/make-trial.js';
import { readGolden } from '../testing/read-golden.js';
import { createPruner } from './registry.js';

interface Golden {
  cases: {
    pruner: { name: string; options: Record<string, unknown> };
    direction: Direction;
    /** Of the study. */
    name: string;
    trials: {
      state: 'COMPLETE' | 'PRUNED' | 'FAIL';
      value: number;
      curve: [step: number, value: number | null][];
      decisions: boolean[];
    }[];
  }[];
}

describe('decides as Optuna, report by report of a whole study', () => {
  test.each(readGolden<Golden>('pruner-decisions').cases)(
    '$pruner.name $direction $pruner.options',
    ({ pruner: { name, options }, direction, name: studyName, trials }) => {
      const pruner = createPruner(name, options);
      const history = trials.map(({ state, value, curve }, number) =>
        makeTrial({
          number,
          state,
          curve: curve.map(([step, reported]): [number, number] => [step, reported ?? Number.NaN]),
          values: state === 'COMPLETE' ? [value] : null,
        }),
      );
      for (const [number, { decisions }] of trials.entries()) {
        const reports = [...history[number].intermediateValues];
        const made = reports.map((_, index) => {
          const intermediateValues = new Map(reports.slice(0, index + 1));
          const trial = { number, params: {}, intermediateValues, knownValues: [], knownConstraints: [] };
          const context = { directions: [direction], curveObjective: 0, studyName };
          return pruner.decide(context, trial, history.slice(0, number)).prune;
        });
        expect({ number, made }).toEqual({ number, made: decisions });
      }
    },
  );
});
