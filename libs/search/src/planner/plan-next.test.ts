import { describe, expect, test } from 'vitest';
import { assessConstraints } from '../assess-constraints.js';
import type { TrialHistory } from '../ports/trial-repository.js';
import type { ArchitectureProfile, ProbeScore } from '../preparation.js';
import type { TrialParameters } from '../search-space.js';
import type { StudySpec } from '../study.js';
import { makeStudySpec } from '../testing/make-study-spec.js';
import { planNext } from './plan-next.js';
import type { PlannedTrial, PlannerInput } from './planner-input.js';

const spec = makeStudySpec({
  datasetId: 'd',
  sampler: { name: 'retune', options: {} },
  searchSpace: {
    architecture: ['alexnet', 'resnet18'],
    retrainDepth: ['shallow', 'deep'],
    learningRate: { low: 1e-4, high: 1e-1 },
    epochs: [1, 2, 4, 8, 16],
  },
  training: { ...makeStudySpec({ datasetId: 'd' }).training, headInit: 'random' },
  trials: 40,
});

/** A second for shallow and ten for deep, each epoch, and a second to start. */
const cost = {
  secondsOf: ({ retrainDepth, epochs }: TrialParameters, from: number) =>
    1 + (epochs - from) * (retrainDepth === 'shallow' ? 1 : 10),
};

function profile(p95Ms: number): ArchitectureProfile {
  return {
    latencies: [{ batch: 4, p50Ms: p95Ms, p95Ms, p99Ms: p95Ms, repeats: 50 }],
    sizeBytes: p95Ms * 1e6,
    parameterCount: p95Ms * 1e5,
    peakMemoryBytes: 1e9,
    measuredAt: new Date(0),
  };
}

const profiles = new Map([
  ['alexnet', profile(10)],
  ['resnet18', profile(10)],
]);

function inputOf(changes: Partial<PlannerInput> & { spec?: StudySpec } = {}): PlannerInput {
  const history = changes.history ?? [];
  return {
    spec,
    history,
    profiles,
    probes: new Map(),
    cost,
    secondsLeft: 10_000,
    trialsLeft: 40 - history.length,
    ...changes,
  };
}

const point = { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01, epochs: 4 } as const;

function trial(number: number, changes: Partial<TrialHistory> & { accuracy?: number } = {}): TrialHistory {
  const { accuracy = 0.8, ...rest } = changes;
  const state = rest.state ?? 'COMPLETE';
  return {
    trialId: `t${number}`,
    number,
    state,
    parameters: point,
    metrics: state === 'COMPLETE' ? { accuracy, latencyP95Ms: 10, trainSeconds: 5 } : { latencyP95Ms: 10 },
    correct: null,
    validationImages: 1000,
    constraints: [],
    failReason: null,
    epoch: state === 'COMPLETE' ? (rest.parameters ?? point).epochs : 0,
    curve: [],
    ...rest,
  };
}

function planned(input: PlannerInput): PlannedTrial {
  const step = planNext(input);
  if (step.kind !== 'trial') throw new Error(`Expected a trial, got ${JSON.stringify(step)}`);
  return step;
}

/** Plans, finishes and plans again. @param accuracyOf Of a trial. */
function run(input: PlannerInput, trials: number, accuracyOf: (parameters: TrialParameters) => number): PlannedTrial[] {
  const history: TrialHistory[] = [...input.history];
  const steps: PlannedTrial[] = [];
  for (let index = 0; index < trials; index++) {
    const step = planNext({ ...input, history, trialsLeft: input.trialsLeft - index });
    if (step.kind !== 'trial') break;
    steps.push(step);
    const { parameters } = step;
    const latencyP95Ms = input.profiles.get(parameters.architecture)?.latencies[0].p95Ms ?? 10;
    const metrics = { accuracy: accuracyOf(parameters), latencyP95Ms, trainSeconds: parameters.epochs };
    const { constraints } = assessConstraints(input.spec.constraints, metrics);
    history.push(trial(history.length, { parameters, metrics, constraints }));
  }
  return steps;
}

describe('planNext()', () => {
  test('begins with the cheaper one of two that promise the same', () => {
    const { parameters, repeat, reason } = planned(inputOf());
    expect([parameters.retrainDepth, repeat]).toEqual(['shallow', 0]);
    expect(reason).toMatch(/^expected to add 0\.\d+ to the volume 0 of the front in \d+ s/);
    const dearAlexnet = {
      secondsOf: (parameters: TrialParameters, from: number) =>
        cost.secondsOf(parameters, from) * (parameters.architecture === 'alexnet' ? 3 : 1),
    };
    expect(planned(inputOf({ cost: dearAlexnet })).parameters.architecture).toBe('resnet18');
  });

  test('gives the same step for the same input', () => {
    const history = [trial(0), trial(1, { parameters: { ...point, retrainDepth: 'shallow' }, accuracy: 0.85 })];
    expect(planNext(inputOf({ history }))).toEqual(planNext(inputOf({ history })));
  });

  test('never trains what misses a constraint by its profile', () => {
    const limited = makeStudySpec({ ...spec, constraints: [{ metric: 'latencyP95Ms', atMost: 20 }] });
    const slow = new Map([...profiles, ['alexnet', profile(30)]]);
    const steps = run(inputOf({ spec: limited, profiles: slow }), 25, () => 0.8);
    expect(steps.length).toBeGreaterThan(10);
    expect(new Set(steps.map(({ parameters }) => parameters.architecture))).toEqual(new Set(['resnet18']));
  });

  test('without the profile gate an architecture counts until one of its trials was measured', () => {
    const options = { profileGate: false };
    const limited = makeStudySpec({
      ...spec,
      sampler: { name: 'retune', options },
      constraints: [{ metric: 'latencyP95Ms', atMost: 20 }],
    });
    const slow = new Map([['alexnet', profile(30)]]);
    const of = (history: TrialHistory[]) => run(inputOf({ spec: limited, profiles: slow, history }), 20, () => 0.8);
    const names = (steps: PlannedTrial[]) => new Set(steps.map(({ parameters }) => parameters.architecture));
    expect(names(of([])).size).toBe(2);
    const measured = trial(0, {
      state: 'PRUNED',
      parameters: { ...point, architecture: 'alexnet' },
      metrics: { latencyP95Ms: 30 },
      constraints: [{ metric: 'latencyP95Ms', violation: 10 }],
    });
    expect(names(of([measured]))).toEqual(new Set(['resnet18']));
  });

  test('every trial is one rung of one configuration, and goes on from the rung before', () => {
    const steps = run(inputOf(), 30, ({ epochs, retrainDepth }) =>
      retrainDepth === 'deep' ? 0.95 - 0.3 / epochs : 0.8 - 0.1 / epochs,
    );
    const reached = new Map<string, number>();
    for (const { parameters, repeat } of steps) {
      if (repeat > 0) continue;
      const { epochs, ...configuration } = parameters;
      const key = JSON.stringify(configuration);
      expect([1, 2, 4, 8, 16]).toContain(epochs);
      expect(epochs).toBeGreaterThan(reached.get(key) ?? 0);
      reached.set(key, epochs);
    }
    expect(reached.size).toBeLessThan(steps.length);
  });

  test('finds the depth that starts slowly and ends best', () => {
    const accuracyOf = ({ retrainDepth, epochs, learningRate }: TrialParameters) => {
      const rate = 0.03 * Math.log10(learningRate / 0.003) ** 2;
      return retrainDepth === 'deep'
        ? 0.95 - rate - 0.4 * Math.exp(-epochs / 6)
        : 0.82 - rate - 0.1 * Math.exp(-epochs / 2);
    };
    const steps = run(inputOf(), 30, accuracyOf);
    const best = Math.max(...steps.map(({ parameters }) => accuracyOf(parameters)));
    expect(best).toBeGreaterThan(0.9);
  });

  test('probes decide who is first', () => {
    const probe = (accuracy: number) => ({
      ...{ accuracy, correct: 1000 * accuracy, validationImages: 1000, validationLoss: 0.3, logme: accuracy },
      ...{ featureCount: 512, featureSeconds: 1, probeSeconds: 0.1 },
    });
    for (const good of ['alexnet', 'resnet18']) {
      const probes = new Map(['alexnet', 'resnet18'].map((name) => [name, probe(name === good ? 0.9 : 0.7)]));
      expect(planned(inputOf({ probes })).parameters.architecture).toBe(good);
    }
  });

  test('parallel workers are not given the same configuration, and what runs is believed to end as expected', () => {
    const history: TrialHistory[] = [];
    for (let worker = 0; worker < 6; worker++) {
      const { parameters } = planned(inputOf({ history }));
      history.push(trial(worker, { state: 'RUNNING', parameters }));
    }
    const keys = history.map(({ parameters: { epochs, ...configuration } }) => JSON.stringify(configuration));
    expect(new Set(keys).size).toBe(6);
    expect(new Set(history.map(({ parameters }) => parameters.architecture)).size).toBe(2);
  });

  test('does not go on with what was pruned or diverged, nor begin what no memory holds', () => {
    const history = [
      trial(0, { state: 'PRUNED', epoch: 2, curve: [[2, 0.5]], parameters: { ...point, learningRate: 0.1 } }),
      trial(1, { state: 'FAIL', failReason: 'out_of_memory', parameters: { ...point, architecture: 'alexnet' } }),
    ];
    const steps = run(inputOf({ history }), 30, ({ retrainDepth }) => (retrainDepth === 'deep' ? 0.9 : 0.6));
    expect(steps.some(({ parameters }) => parameters.retrainDepth === 'deep')).toBe(true);
    for (const { parameters } of steps) {
      expect(parameters.retrainDepth === 'deep' && parameters.architecture === 'alexnet').toBe(false);
      expect(parameters.retrainDepth === 'deep' && parameters.learningRate === 0.1).toBe(false);
    }
  });

  test('begins nothing that does not end in the time left', () => {
    const history = [trial(0)];
    const { parameters } = planned(inputOf({ history, secondsLeft: 6 }));
    expect(cost.secondsOf(parameters, 0)).toBeLessThanOrEqual(6);
    expect(planNext(inputOf({ history, secondsLeft: 1 }))).toMatchObject({ kind: 'done' });
    expect(planNext(inputOf({ secondsLeft: 1, history: [trial(0, { state: 'RUNNING' })] }))).toEqual({ kind: 'wait' });
  });

  test('repeats the best of the front over seeds with the last part of the budget', () => {
    const fast = new Map([...profiles, ['alexnet', profile(5)]]);
    const steps = run(inputOf({ profiles: fast }), 40, ({ architecture, epochs }) =>
      architecture === 'alexnet' ? 0.8 - 0.2 / epochs : 0.9 - 0.2 / epochs,
    );
    const repeats = steps.filter(({ repeat }) => repeat > 0);
    expect(repeats.map(({ repeat }) => repeat)).toEqual([1, 1, 1, 2]);
    expect(new Set(repeats.map(({ parameters }) => parameters.architecture)).size).toBe(2);
    expect(steps.slice(0, 36).every(({ repeat }) => repeat === 0)).toBe(true);
    expect(repeats[0].reason).toMatch(/^finalist, trained again with another seed \(1\) in/);
    const none = makeStudySpec({ ...spec, sampler: { name: 'retune', options: { finalists: 0 } } });
    const without = run(inputOf({ spec: none }), 40, () => 0.8);
    expect(without.every(({ repeat }) => repeat === 0)).toBe(true);
  });

  test('is done where nothing is expected to add anything', () => {
    const few = makeStudySpec({
      ...spec,
      searchSpace: { ...spec.searchSpace, architecture: ['resnet18'], retrainDepth: ['shallow'], epochs: [1] },
      sampler: { name: 'retune', options: { finalists: 0 } },
    });
    const steps = run(inputOf({ spec: few }), 40, ({ learningRate }) => (learningRate === 0.01 ? 0.999 : 0.2));
    expect(steps.length).toBeLessThan(25);
    expect(planNext(inputOf({ trialsLeft: 0 }))).toEqual({ kind: 'done', reason: 'all trials are made' });
  });

  test('knows one objective, and one that is known before training with accuracy as a constraint', () => {
    const fast = new Map([...profiles, ['alexnet', profile(5)]]);
    const least = makeStudySpec({
      ...spec,
      objectives: [{ metric: 'latencyP95Ms', direction: 'minimize' }],
      constraints: [{ metric: 'accuracy', atLeast: 0.85 }],
    });
    const accuracyOf = ({ architecture, epochs }: TrialParameters) =>
      (architecture === 'alexnet' ? 0.86 : 0.95) - 0.1 / epochs ** 2;
    const steps = run(inputOf({ spec: least, profiles: fast }), 30, accuracyOf);
    // Once the faster network suffices there is nothing left to win.
    expect(steps.length).toBeLessThan(30);
    expect(
      steps.some(({ parameters }) => parameters.architecture === 'alexnet' && accuracyOf(parameters) >= 0.85),
    ).toBe(true);
    const accuracy = makeStudySpec({ ...spec, objectives: [{ metric: 'accuracy', direction: 'maximize' }] });
    const found = run(inputOf({ spec: accuracy, profiles: fast }), 25, accuracyOf);
    expect(Math.max(...found.map(({ parameters }) => accuracyOf(parameters)))).toBeGreaterThan(0.94);
  });

  test('four objectives are one volume', () => {
    const four = makeStudySpec({
      ...spec,
      objectives: [
        { metric: 'accuracy', direction: 'maximize' },
        { metric: 'latencyP95Ms', direction: 'minimize' },
        { metric: 'trainSeconds', direction: 'minimize' },
        { metric: 'sizeBytes', direction: 'minimize' },
      ],
    });
    const steps = run(inputOf({ spec: four }), 20, ({ epochs }) => 0.9 - 0.3 / epochs);
    expect(steps.length).toBe(20);
  });

  test('begins with the best linear probe as a model: least learning rate, fewest epochs, unless that is infeasible', () => {
    const score = (accuracy: number): ProbeScore => ({
      ...{ accuracy, correct: 1, validationImages: 1000, validationLoss: 0.5, logme: -0.3 },
      ...{ featureCount: 512, featureSeconds: 1, probeSeconds: 1 },
    });
    const probes = new Map([
      ['alexnet', score(0.7)],
      ['resnet18', score(0.8)],
    ]);
    const probing: StudySpec = { ...spec, training: { ...spec.training, headInit: 'probe' } };
    const first = planned(inputOf({ spec: probing, probes }));
    expect(first.reason).toBe('the linear probe as a model: accuracy of about 0.800');
    expect(first.parameters).toMatchObject({ architecture: 'resnet18', retrainDepth: 'shallow', epochs: 1 });
    expect(first.parameters.learningRate).toBeCloseTo(1e-4, 12);
    const second = planned(inputOf({ spec: probing, probes, history: [trial(0, { parameters: first.parameters })] }));
    expect(second.reason).toMatch(/^expected to add/);
    const constraints = [{ metric: 'accuracy', atLeast: 0.9 }] as const;
    expect(planned(inputOf({ spec: { ...probing, constraints }, probes })).reason).toMatch(/^expected to add/);
    expect(planned(inputOf({ probes })).reason).toMatch(/^expected to add/);
  });

  describe('ablation switches', () => {
    const withOptions = (options: Record<string, unknown>) =>
      makeStudySpec({ ...spec, sampler: { name: 'retune', options } });

    test('costAware false takes the largest gain whatever it costs', () => {
      const { parameters } = planned(inputOf({ spec: withOptions({ costAware: false }) }));
      expect(parameters).toMatchObject({ retrainDepth: 'deep', epochs: 16 });
    });

    test('sharing false counts the cost of a trial from its beginning, and trains at once as far as it pays', () => {
      const asked: number[] = [];
      const spying = {
        secondsOf: (parameters: TrialParameters, from: number) => {
          asked.push(from);
          return cost.secondsOf(parameters, from);
        },
      };
      const history = [trial(0), trial(1, { parameters: { ...point, epochs: 8 } })];
      planNext(inputOf({ history, cost: spying }));
      expect(new Set(asked)).toEqual(new Set([0, 8]));
      asked.length = 0;
      planNext(inputOf({ history, cost: spying, spec: withOptions({ sharing: false }) }));
      expect(new Set(asked)).toEqual(new Set([0]));
    });
  });

  test('what an earlier study found is tried first', () => {
    const warm = makeStudySpec({ ...spec, warmStart: { studyIds: ['s'], weight: 0.5 } });
    const earlier = [0.3, 0.2, 0.9].map((accuracy, index) =>
      trial(index, {
        accuracy,
        parameters: { ...point, retrainDepth: 'shallow', learningRate: [0.0001, 0.001, 0.1][index], epochs: 16 },
      }),
    );
    const { parameters } = planned(inputOf({ spec: warm, earlier }));
    expect(parameters.learningRate).toBeGreaterThan(0.01);
  });
});
