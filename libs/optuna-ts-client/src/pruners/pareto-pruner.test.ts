import { expect, test } from 'vitest';
import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import { makeTrial } from '../testing/make-trial.js';
import { ParetoPruner } from './pareto-pruner.js';
import type { PrunerContext, RunningTrial } from './pruner.js';

const context: PrunerContext = {
  directions: ['maximize', 'minimize'],
  curveObjective: 0,
  objectiveNames: ['accuracy', 'latencyMs'],
  constraintNames: ['latencyMs', 'accuracy'],
  stepName: 'epoch',
};
const distributions = {
  architecture: categoricalDistribution(['alexnet', 'resnet18']),
  retrainDepth: categoricalDistribution(['shallow', 'deep']),
};
const alexnet = { architecture: 'alexnet', retrainDepth: 'shallow' };
const resnet = { architecture: 'resnet18', retrainDepth: 'deep' };

/** Rises from 0.5 towards `end`, by half of what is left each epoch. */
function rising(end: number, epochs = 8): number[] {
  return Array.from({ length: epochs }, (_, index) => end - (end - 0.5) * 0.5 ** index);
}

/** Stays at 0.5 until `late`, then jumps to `end`. */
function jumping(end: number, late = 6, epochs = 8): number[] {
  return Array.from({ length: epochs }, (_, index) => (index < late ? 0.5 : end));
}

function finished(number: number, curve: number[], latencyMs: number, params = alexnet, changes = {}) {
  return makeTrial({
    number,
    params,
    distributions,
    curve: curve.map((accuracy, index): [number, number] => [index + 1, accuracy]),
    values: [curve[curve.length - 1], latencyMs],
    ...changes,
  });
}

function running(curve: number[], latencyMs?: number, changes: Partial<RunningTrial> = {}): RunningTrial {
  return {
    number: 99,
    params: alexnet,
    finalStep: 8,
    intermediateValues: new Map(curve.map((accuracy, index) => [index + 1, accuracy])),
    knownValues: [undefined, latencyMs],
    knownConstraints: [],
    ...changes,
  };
}

const similar = [0.7, 0.8, 0.9].map((end, number) => finished(number, rising(end), 5));
const poor = rising(0.6).slice(0, 4);

test('ParetoPruner stops what cannot reach the front, and says what it could have become', () => {
  expect(new ParetoPruner({ noiseFactor: 0 }).decide(context, running(poor, 5), similar)).toEqual({
    prune: true,
    reason:
      'accuracy 0.5875 at epoch 4 can become 0.6461 if it gains 0.05859 as 3 finished trials with the same' +
      ' architecture and retrainDepth suggest, and trial 2 is at least as good with accuracy 0.8969, latencyMs 5',
  });
  const decision = new ParetoPruner({ noiseFactor: 0 }).decide(context, running(rising(0.95).slice(0, 4), 5), similar);
  expect(decision.prune).toBe(false);
  expect(decision.reason).toMatch(/can become 0\.9\d+ if it gains .*, and no feasible trial is as good as that$/);
});

test('ParetoPruner never stops a trial by those it beats on a known objective', () => {
  expect(new ParetoPruner().decide(context, running(poor, 4.9), similar).prune).toBe(false);
  expect(new ParetoPruner().decide(context, running(poor, 5), similar).prune).toBe(true);
  expect(new ParetoPruner().decide(context, running(poor, 6), similar).prune).toBe(true);
});

test('ParetoPruner hopes for anything of an objective that is not known, within what is possible', () => {
  const pruner = new ParetoPruner();
  expect(pruner.decide(context, running(poor), similar).prune).toBe(false);
  expect(pruner.decide(context, running(poor, undefined, { possibleValues: [undefined, 4] }), similar).prune).toBe(
    false,
  );
  expect(pruner.decide(context, running(poor, undefined, { possibleValues: [undefined, 5] }), similar).prune).toBe(
    true,
  );
  const byGroup = new ParetoPruner({ unknownObjectives: 'group-best' });
  expect(byGroup.decide(context, running(poor), similar).prune).toBe(true);
});

test('ParetoPruner concludes nothing from too little', () => {
  const pruner = new ParetoPruner();
  expect(pruner.decide(context, running(poor, 5), similar.slice(1))).toEqual({
    prune: false,
    reason: '2 finished trials have gone on from epoch 4, 3 are needed',
  });
  expect(pruner.decide(context, running(poor.slice(0, 2), 5), similar)).toEqual({
    prune: false,
    reason: '2 finite values are reported, 3 are needed',
  });
  expect(pruner.decide(context, running([Number.NaN], 5), similar).reason).toBe('no finite value is reported yet');
  const shorter = similar.map(({ number }) => finished(number, rising(0.9, 5), 5));
  expect(pruner.decide(context, running(poor, 5), shorter).reason).toMatch(/^0 finished trials have gone on/);
  const earlier = similar.map((trial) => ({ ...trial, weight: 0.5 }));
  expect(pruner.decide(context, running(poor, 5), earlier).reason).toMatch(/^0 finished trials have gone on/);
});

test('ParetoPruner lets slow starters go on where trials alike rose late, or the own curve rises', () => {
  const late = [0.8, 0.85, 0.9].map((end, number) => finished(number + 10, jumping(end), 5, resnet));
  const slow = running([0.5, 0.5, 0.5, 0.5], 5, { params: resnet });
  expect(new ParetoPruner().decide(context, slow, [...similar, ...late]).prune).toBe(false);
  expect(new ParetoPruner().decide(context, { ...slow, params: alexnet }, [...similar, ...late]).prune).toBe(true);
  const steady = running([0.3, 0.4, 0.5, 0.6], 5);
  expect(new ParetoPruner().decide(context, steady, similar)).toMatchObject({
    prune: false,
    reason: expect.stringContaining('as its own curve promises'),
  });
});

test('ParetoPruner asks trials that are less alike where too few are alike', () => {
  const other = similar.map((trial) => ({ ...trial, params: { ...alexnet, retrainDepth: 'deep' } }));
  const { reason } = new ParetoPruner().decide(context, running(poor, 5), other);
  expect(reason).toContain('3 finished trials with 1 of architecture and retrainDepth the same');
  const byDepth = new ParetoPruner({ groupBy: ['retrainDepth', 'optimiser'] });
  expect(byDepth.decide(context, running(poor, 5), other).reason).toContain('3 finished trials of any kind');
});

test('ParetoPruner compares with feasible trials only', () => {
  const infeasible = similar.map((trial) => ({ ...trial, constraints: [1] }));
  expect(new ParetoPruner().decide(context, running(poor, 5), infeasible).prune).toBe(false);
});

test('ParetoPruner stops what violates a constraint, or cannot meet one on its curve', () => {
  const pruner = new ParetoPruner({ noiseFactor: 0 });
  expect(pruner.decide(context, running([], 12, { knownConstraints: [2] }), [])).toMatchObject({ prune: true });
  const bounded = { ...context, curveBounds: [undefined, 0.65] };
  const fast = running(poor, 1);
  expect(pruner.decide(bounded, fast, similar)).toEqual({
    prune: true,
    reason: expect.stringMatching(/can become 0\.6461 .*, and accuracy asks for 0\.65$/),
  });
  expect(pruner.decide({ ...context, curveBounds: [undefined, 0.64] }, fast, similar).prune).toBe(false);
  expect(
    pruner.decide({ ...context, directions: ['minimize', 'minimize'], curveBounds: [0.65] }, fast, similar).prune,
  ).toBe(false);
});

test('ParetoPruner wants the difference to be larger than its margin and the noise', () => {
  const decide = (options: object, trials = similar) =>
    new ParetoPruner(options).decide(context, running(poor, 5), trials);
  expect(decide({ margin: 0.2, noiseFactor: 0 }).prune).toBe(true);
  expect(decide({ margin: 0.3, noiseFactor: 0 }).prune).toBe(false);
  const noisy = [0.7, 0.8, 0.9].map((end, number) =>
    finished(
      number,
      rising(end).map((value, index) => value + (index % 2 === 0 ? 0.05 : -0.05)),
      5,
    ),
  );
  expect(decide({}, noisy).reason).toMatch(/with 0\.\d+ for chance/);
  expect(decide({ noiseFactor: 0 }, noisy).prune).toBe(true);
  expect(decide({ noiseFactor: 5 }, noisy).prune).toBe(false);
});

test('ParetoPruner saves nothing at the last step', () => {
  expect(new ParetoPruner().decide(context, running(rising(0.6), 5), similar)).toEqual({
    prune: false,
    reason: 'epoch 8 is the last one',
  });
});

test('ParetoPruner with one objective is held to the best feasible trial', () => {
  const single: PrunerContext = { directions: ['minimize'], curveObjective: 0 };
  const losses = [0.3, 0.2, 0.1].map((end, number) =>
    makeTrial({ number, curve: rising(end).map((value) => 2 * end - value + 0.5), values: [end] }),
  );
  const own = (end: number) =>
    new Map(
      rising(end)
        .slice(0, 5)
        .map((value, step) => [step, 1 - value]),
    );
  const trial = { number: 9, params: {}, knownValues: [], knownConstraints: [] };
  const pruner = new ParetoPruner({ noiseFactor: 0 });
  expect(pruner.decide(single, { ...trial, intermediateValues: own(0.55) }, losses).prune).toBe(true);
  expect(pruner.decide(single, { ...trial, intermediateValues: own(0.95) }, losses).prune).toBe(false);
});

test('ParetoPruner counts values known before training by the median of what agrees in `knownBy`', () => {
  // The latency of one network, measured anew for each trial.
  const measured = [5.1, 5, 4.9].map((latencyMs, number) => finished(number, rising(0.7 + number / 10), latencyMs));
  const other = [0.7, 0.8, 0.9].map((end, number) => finished(number + 10, rising(end), 4.95, resnet));
  const lucky = running(poor, 4.8);
  const pruner = new ParetoPruner();
  expect(pruner.decide(context, lucky, measured).prune).toBe(false);
  const byNetwork = { ...context, knownBy: ['architecture'] };
  expect(pruner.decide(byNetwork, lucky, measured)).toMatchObject({
    prune: true,
    reason: expect.stringContaining('trial 2 is at least as good'),
  });
  // Another network is no slower for being measured once at a bad moment, and no faster for a good one.
  expect(pruner.decide(byNetwork, { ...lucky, params: resnet, knownValues: [undefined, 4.9] }, other).prune).toBe(true);
  expect(pruner.decide(byNetwork, running(poor, 4.6, { params: resnet }), measured).prune).toBe(false);
});

test('ParetoPruner stops by the curve of a constraint where no objective has one', () => {
  const latencyAlone: PrunerContext = {
    directions: ['minimize'],
    curveObjective: -1,
    curveDirection: 'maximize',
    curveName: 'accuracy',
    curveBounds: [0.65],
    constraintNames: ['accuracy'],
    stepName: 'epoch',
  };
  const trained = [0.7, 0.8, 0.9].map((end, number) =>
    finished(number, rising(end), 5, alexnet, { values: [5], constraints: [0.65 - end] }),
  );
  const asks = (curve: number[], latencyMs: number, changes: Partial<PrunerContext> = {}) =>
    new ParetoPruner({ noiseFactor: 0 }).decide(
      { ...latencyAlone, ...changes },
      running(curve, latencyMs, { knownValues: [latencyMs] }),
      trained,
    );
  expect(asks(poor, 4)).toEqual({
    prune: true,
    reason: expect.stringMatching(/^accuracy 0\.5875 at epoch 4 can become 0\.6461 .*, and accuracy asks for 0\.65$/),
  });
  const good = rising(0.95).slice(0, 4);
  expect(asks(good, 4).prune).toBe(false);
  // Nothing is left to win for a network that is no faster than one that suffices.
  expect(asks(good, 5)).toMatchObject({ prune: true, reason: expect.stringContaining('is at least as good') });
  expect(asks(poor, 4, { curveDirection: undefined })).toEqual({ prune: false, reason: 'nothing has a curve' });
});
