import { expect, test } from 'vitest';
import { Rng } from '#primitives';
import { categoricalDistribution } from '../../distributions/categorical-distribution.js';
import { floatDistribution } from '../../distributions/float-distribution.js';
import { intDistribution } from '../../distributions/int-distribution.js';
import type { Direction, FrozenTrial } from '../../frozen-trial.js';
import { makeTrial } from '../../testing/make-trial.js';
import type { TrialState } from '../../trial-state.js';
import { propose } from '../propose.js';
import { samplerContext } from '../sampler.js';
import { TpeSampler } from '../tpe/tpe-sampler.js';
import { untriedCount } from '../untried.js';
import { TrialLedger } from './trial-ledger.js';

const depth = categoricalDistribution(['shallow', 'deep']);
const size = intDistribution(1, 4);
const space = { depth, size, rate: floatDistribution(0, 1) };
const states: TrialState[] = ['COMPLETE', 'COMPLETE', 'COMPLETE', 'PRUNED', 'RUNNING', 'FAIL', 'WAITING'];

function randomTrial(rng: Rng, number: number): FrozenTrial {
  const state = states[rng.integer(0, states.length)];
  return makeTrial({
    number,
    state,
    params: { depth: depth.choices[rng.integer(0, 2)], size: rng.integer(1, 5), rate: rng.float() },
    distributions: space,
    values: state === 'COMPLETE' ? [Math.round(rng.normal() * 3), rng.normal()] : null,
    constraints: rng.float() < 0.5 ? null : [rng.normal() - 0.6],
    curve: [rng.float()],
    weight: rng.float() < 0.2 ? 0.5 : 1,
  });
}

test.each([{}, { multivariate: false }, { group: true, gamma: 'uncapped' as const, bandwidth: 'neighbours' as const }])(
  'TpeSampler answers alike with a ledger that followed the study and with a new one: %j',
  (options) => {
    const rng = new Rng(11);
    const directions: Direction[] = ['minimize', 'maximize'];
    const history: FrozenTrial[] = Array.from({ length: 30 }, (_, number) => randomTrial(rng, number));
    const grid = { depth, size };
    for (let ask = 0; ask < 60; ask++) {
      history.push(randomTrial(rng, history.length));
      const changed = rng.integer(0, history.length);
      if (history[changed].state === 'RUNNING' || ask % 9 === 0) history[changed] = randomTrial(rng, changed);
      // Now and then an older or partial view of the study, as a worker that read it earlier has.
      const view = ask % 7 === 3 ? history.slice(0, -5) : ask % 7 === 5 ? history.filter((_, i) => i % 3 > 0) : history;
      const context = samplerContext({ seed: 2, trialNumber: history.length + ask, directions });
      const answer = (trials: readonly FrozenTrial[]) => [
        propose(new TpeSampler(options), context, trials, space).params,
        propose(new TpeSampler(options), context, trials, grid).params,
        untriedCount(grid, trials),
      ];
      expect(answer(view)).toEqual(answer(structuredClone(view)));
    }
  },
);

test('TrialLedger.of() gives the same ledger for a study that has grown, whichever trial ended first', () => {
  const running = makeTrial({ number: 0, state: 'RUNNING' });
  const done = makeTrial({ number: 1 });
  const ledger = TrialLedger.of([running, done]);
  const grown = [makeTrial({ number: 0 }), done, makeTrial({ number: 2 })];
  expect(TrialLedger.of(grown)).toBe(ledger);
  expect(ledger.trials).toEqual(grown);
  expect(TrialLedger.of([makeTrial({ number: 1 })])).not.toBe(ledger);
});
