import { paretoFront } from '#ranking';
import type { Direction, FrozenTrial } from '../frozen-trial.js';
import type { Pruner } from '../pruners/pruner.js';
import { makeTrial } from './make-trial.js';

/** A trial as it would be without pruning. */
export interface SimulatedTrial {
  readonly params: FrozenTrial['params'];
  readonly distributions: FrozenTrial['distributions'];
  /** Value after epoch 1, 2, … */
  readonly curve: readonly number[];
  /** One per objective; the first is the last value of the curve. */
  readonly values: readonly number[];
  /** One per objective: what is known before training. */
  readonly knownValues: readonly (number | undefined)[];
}

export interface PruningResult {
  readonly epochs: number;
  /** Epochs without pruning. */
  readonly allEpochs: number;
  readonly pruned: number;
  /** Trials of the front without pruning, and how many of them were pruned. */
  readonly front: number;
  readonly lost: number;
  /** Front with pruning, as values; that without. */
  readonly fronts: { readonly with: readonly (readonly number[])[]; readonly without: readonly (readonly number[])[] };
}

/** Runs the trials with `workers` at a time, epoch by epoch in turns, and asks the pruner after each. All minimized. */
export function simulatePruning(trials: readonly SimulatedTrial[], pruner: Pruner, workers = 1): PruningResult {
  const history: FrozenTrial[] = [];
  const directions: Direction[] = trials[0].values.map(() => 'minimize');
  const running: { number: number; reported: number }[] = [];
  let next = 0;
  let epochs = 0;
  const set = (number: number, state: 'RUNNING' | 'COMPLETE' | 'PRUNED', reported: number) => {
    const { params, distributions, curve, values, knownValues } = trials[number];
    const points = curve.slice(0, reported).map((value, index): [number, number] => [index + 1, value]);
    const trial = makeTrial({
      number,
      state,
      params,
      distributions,
      curve: points,
      values: state === 'COMPLETE' ? values : null,
    });
    history[number] = { ...trial, knownValues };
  };
  while (next < trials.length || running.length > 0) {
    while (running.length < workers && next < trials.length) {
      set(next, 'RUNNING', 0);
      running.push({ number: next++, reported: 0 });
    }
    for (const worker of [...running]) {
      const { number } = worker;
      const { params, curve, knownValues } = trials[number];
      worker.reported++;
      epochs++;
      set(number, 'RUNNING', worker.reported);
      const trial = {
        number,
        params,
        intermediateValues: history[number].intermediateValues,
        finalStep: curve.length,
        knownValues,
        knownConstraints: [],
      };
      const isLast = worker.reported === curve.length;
      if (!isLast && pruner.decide({ directions, curveObjective: 0, studyName: 's' }, trial, history).prune)
        set(number, 'PRUNED', worker.reported);
      else if (isLast) set(number, 'COMPLETE', worker.reported);
      else continue;
      running.splice(running.indexOf(worker), 1);
    }
  }
  const without = paretoFront(trials.map(({ values }) => values));
  const complete = history.filter(({ state }) => state === 'COMPLETE');
  const found = paretoFront(complete.map(({ values }) => values!));
  return {
    epochs,
    allEpochs: trials.reduce((sum, { curve }) => sum + curve.length, 0),
    pruned: trials.length - complete.length,
    front: without.length,
    lost: without.filter((number) => history[number].state === 'PRUNED').length,
    fronts: {
      with: found.map((index) => complete[index].values!),
      without: without.map((number) => trials[number].values),
    },
  };
}
