import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProbeScore, StudySpec, TrialClaim } from '#search';
import { makeCompletion, SearchBench } from '../support/search-bench.js';

const runtime = 'onnxruntime 1.0.0';

let bench: SearchBench;
beforeAll(async () => {
  bench = await SearchBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study, worker, preparation CASCADE');
});

const planned: Partial<StudySpec> = {
  sampler: { name: 'retune', options: { finalists: 1, finalistRepeats: 1 } },
  pruner: { name: 'pareto', options: {} },
  constraints: [{ metric: 'latencyP95Ms', atMost: 20 }],
  training: {
    ...{
      imageSize: 64,
      batchSize: 16,
      momentum: 0.9,
      weightDecay: 0.0001,
      headInit: 'probe',
      latencyBatch: 4,
      seed: 0,
    },
    weights: { alexnet: 'alexnet-drawn-v1', resnet18: 'resnet18-drawn-v1' },
  },
  trials: 12,
};

const latencies: Record<string, number> = { alexnet: 10, resnet18: 30 };
const probe: ProbeScore = {
  ...{ accuracy: 0.8, correct: 800, validationImages: 1000, validationLoss: 0.4, logme: -0.3 },
  ...{ featureCount: 512, featureSeconds: 1, probeSeconds: 0.1 },
};

/** Does what the service asks of a worker, until it asks for nothing more. */
async function work(accuracyOf: (claim: TrialClaim) => number): Promise<{ trials: TrialClaim[]; probed: string[] }> {
  const trials: TrialClaim[] = [];
  const probed: string[] = [];
  for (;;) {
    const claim = await bench.claimOn({ runtime });
    if (claim === null) return { trials, probed };
    if (claim.kind === 'profile') {
      const p95Ms = latencies[claim.architecture];
      const profile = {
        latencies: claim.batches.map((batch) => ({ batch, p50Ms: p95Ms, p95Ms, p99Ms: p95Ms, repeats: 200 })),
        ...{ sizeBytes: 4_000_000, parameterCount: 1_000_000, peakMemoryBytes: 300_000_000 },
      };
      await bench.useCases.preparations.finish(claim.preparationId, claim.attempt, { state: 'COMPLETE', profile });
    } else if (claim.kind === 'probe') {
      probed.push(claim.architecture);
      await bench.useCases.preparations.finish(claim.preparationId, claim.attempt, { state: 'COMPLETE', probe });
    } else if (claim.kind === 'trial') {
      trials.push(claim);
      const accuracy = accuracyOf(claim);
      const measures = { accuracy, latencyP95Ms: latencies[claim.parameters.architecture] };
      await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, makeCompletion(measures));
    }
  }
}

const rising = ({ parameters: { epochs, learningRate } }: TrialClaim) =>
  0.85 - 0.2 / (1 + epochs) - 0.02 * Math.abs(Math.log10(learningRate) + 2);

test('a planned study profiles, probes what is feasible, goes on where it pays, repeats its best, and is COMPLETE', async () => {
  const study = await bench.createStudy(planned);
  const { trials, probed } = await work(rising);
  expect(probed).toEqual(['alexnet']);
  expect(new Set(trials.map(({ parameters }) => parameters.architecture))).toEqual(new Set(['alexnet']));
  const shown = await bench.useCases.studies.show(study.id);
  expect(shown).toMatchObject({ state: 'COMPLETE', progress: { finished: 13, total: 13 } });
  // The architecture that is too slow is on record once, untrained, and takes the place of no trial.
  expect(shown.counts).toMatchObject({ COMPLETE: 12, PRUNED: 1 });
  expect(trials.every(({ reuse }) => reuse?.features && reuse.trajectories)).toBe(true);

  const rows = await Promise.all(trials.map(({ trialId }) => bench.trial(trialId)));
  expect(rows[0].userAttrs.plan).toBe('the linear probe as a model: accuracy of about 0.800');
  expect(rows[0].parameters).toMatchObject({ retrainDepth: 'shallow' });
  expect(rows[1].userAttrs.plan).toMatch(/^expected to add 0\.\d+ to the volume 0\.?\d* of the front in \S+ s/);
  const repeated = rows.filter(({ userAttrs }) => userAttrs.repeat === 1);
  expect(repeated.length).toBe(1);
  const twin = rows.find(
    ({ number, parameters }) =>
      number < repeated[0].number && JSON.stringify(parameters) === JSON.stringify(repeated[0].parameters),
  );
  expect(twin?.seed).not.toBe(repeated[0].seed);
  expect(rows.filter(({ number }) => number < repeated[0].number).every(({ seed }) => seed === twin?.seed)).toBe(true);
});

test('a planned study ends before its number of trials where nothing more is worth training', async () => {
  const study = await bench.createStudy({
    ...planned,
    sampler: { name: 'retune', options: { finalists: 0, minimumGain: 0.5 } },
    trials: 40,
  });
  const { trials } = await work(() => 0.9);
  expect(trials.length).toBeLessThan(5);
  expect(await bench.useCases.studies.show(study.id)).toMatchObject({ state: 'COMPLETE' });
});

test('ablation switches reach the worker, and a study without the gate measures nothing first', async () => {
  const options = { profileGate: false, featureCache: false, sharing: false };
  await bench.createStudy({ ...planned, sampler: { name: 'retune', options }, trials: 1 });
  const { trials } = await work(rising);
  expect(trials.map(({ reuse }) => reuse)).toEqual([{ features: false, trajectories: false }]);
});

test('a worker is sent away, and the study goes on, while what runs decides', async () => {
  const { training, ...rest } = planned;
  const study = await bench.createStudy({
    ...rest,
    searchSpace: {
      architecture: ['alexnet'],
      retrainDepth: ['shallow'],
      learningRate: { low: 0.01, high: 0.01 },
      epochs: [4],
    },
    sampler: { name: 'retune', options: { finalists: 0 } },
  });
  const first = await bench.claimTrial();
  expect(await bench.claim('worker-2')).toBeNull();
  expect(await bench.useCases.studies.show(study.id)).toMatchObject({ state: 'RUNNING' });
  await bench.useCases.runTrial.finish(first.trialId, first.attempt, makeCompletion());
  expect(await bench.claim('worker-2')).toBeNull();
  expect(await bench.useCases.studies.show(study.id)).toMatchObject({ state: 'COMPLETE' });
});

test('options of the planner are refused by name, with what is allowed', async () => {
  const options = { finalists: -1, costAware: 'yes', cheap: true };
  const failure = await bench.createStudy({ sampler: { name: 'retune', options } }).catch((error) => error);
  expect(failure.problems.map(({ field, allowed }: { field: string; allowed: string }) => [field, allowed])).toEqual([
    ['sampler.options.costAware', 'true or false'],
    ['sampler.options.finalists', 'an integer in [0, 20]'],
    ['sampler.options.cheap', expect.stringMatching(/^one of profileGate, featureCache, sharing/)],
  ]);
});
