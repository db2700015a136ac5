import { describe, expect, test } from 'vitest';
import { type Direction, type FrozenTrial, lastStep } from '../frozen-trial.js';
import type { Pruner, RunningTrial } from '../pruners/pruner.js';
import { makeTrial } from './make-trial.js';

/** What every pruner must do. Call at the top level of a test file. */
export function describePruner(name: string, create: () => Pruner): void {
  const running = (input: Partial<RunningTrial>): RunningTrial => ({
    number: 50,
    params: {},
    intermediateValues: new Map(),
    knownValues: [],
    knownConstraints: [],
    ...input,
  });
  const curves: ReadonlyMap<number, number>[] = [
    new Map(),
    new Map([[0, Number.NaN]]),
    new Map([
      [7, 0.2],
      [3, 0.4],
    ]),
    new Map([
      [0, Number.POSITIVE_INFINITY],
      [1, Number.NEGATIVE_INFINITY],
    ]),
  ];

  describe(name, () => {
    for (const directions of [['minimize'], ['maximize', 'minimize']] satisfies Direction[][]) {
      test(`decides with a reason, whatever was reported: ${directions}`, () => {
        const history = (['COMPLETE', 'COMPLETE', 'PRUNED', 'FAIL', 'RUNNING', 'WAITING'] as const).map(
          (state, number) =>
            makeTrial({
              number,
              state,
              values: state === 'COMPLETE' ? directions.map(() => number) : null,
              curve: [0.1 * number, Number.NaN, 0.5],
              constraints: number === 1 ? [1] : null,
            }),
        );
        for (const intermediateValues of curves) {
          for (const trials of [[], history, Array.from({ length: 8 }, (_, number) => ({ ...history[0], number }))]) {
            for (const knownValues of [[], [undefined, 3]]) {
              const trial = running({ intermediateValues, knownValues });
              const decision = create().decide({ directions, curveObjective: 0 }, trial, trials);
              expect(typeof decision.prune).toBe('boolean');
              expect(decision.reason).not.toBe('');
              expect(create().decide({ directions, curveObjective: 0 }, trial, trials)).toEqual(decision);
              const read = whatIsRead(create(), trial, trials);
              expect(create().decide({ directions, curveObjective: 0 }, trial, read)).toEqual(decision);
            }
          }
        }
      });
    }

    test('does not prune the first trial of a study', () => {
      const trial = running({ number: 0, intermediateValues: new Map([[0, 99]]) });
      expect(create().decide({ directions: ['minimize'], curveObjective: 0 }, trial, []).prune).toBe(false);
    });
  });
}

/** The trials cut down to what the pruner says it reads. */
function whatIsRead({ reads }: Pruner, trial: RunningTrial, history: readonly FrozenTrial[]): FrozenTrial[] {
  if (reads === 'nothing') return [];
  if (reads === 'curves') return history.filter(({ state }) => state !== 'WAITING');
  const step = lastStep(trial.intermediateValues);
  return history
    .filter(({ state }) => state === 'COMPLETE')
    .map((other) => ({
      ...other,
      intermediateValues: new Map([...other.intermediateValues].filter(([reported]) => reported === step)),
    }));
}
