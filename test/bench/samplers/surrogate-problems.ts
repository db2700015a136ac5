import { transferLearningSurrogate } from '#optuna-ts-client/problems';
import type { Problem } from './problem.js';

const { space, evaluate, reference } = transferLearningSurrogate;

/** Error and training cost of the transfer-learning surrogate, latency at most 10.5 ms; no front reaches above 0.8406. */
export const surrogate: Problem = {
  name: 'surrogate',
  space,
  directions: ['minimize', 'minimize'],
  constrained: true,
  trials: 150,
  seeds: 20,
  reference,
  evaluate: (params) => {
    const { error, cost, excessMs } = evaluate(params);
    return { values: [error, cost], constraints: [excessMs] };
  },
};

/** The error alone, any latency; least 0.07577. */
export const surrogateError: Problem = {
  name: 'surrogate-error',
  space,
  directions: ['minimize'],
  constrained: false,
  trials: 100,
  seeds: 20,
  evaluate: (params) => ({ values: [evaluate(params).error], constraints: null }),
};
