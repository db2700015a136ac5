import { modelCards } from '#model-zoo';
import { Rng } from '#primitives';
import type { ArchitectureProfile, ProbeScore, TrialHistory } from '#search';
import { makeStudySpec, type PlannerInput, planNext } from '#search/testing';
import { type MeasuredStep, measureStep } from './measured-step.js';

/** Trials on record when the planner is asked: few, and a hundred a network. */
const historySizes = [0, 210, 2100];
const depths = ['shallow', 'partial', 'deep', 'scratch'] as const;
const epochs = 20;
const validationImages = 20_000;

/** What one decision of the planner over the whole zoo costs, profiles and probes of all networks at hand. */
export async function measurePlanner(): Promise<MeasuredStep[]> {
  const steps: MeasuredStep[] = [];
  for (const size of historySizes) {
    const input = plannerInput(size);
    const { row } = await measureStep(
      `planner: next step, ${modelCards.length} networks × ${depths.length} depths, ${size} trials`,
      () => planNext(input),
      ({ kind }) => ({ note: kind }),
    );
    steps.push(row);
  }
  return steps;
}

function plannerInput(size: number): PlannerInput {
  const rng = new Rng(1);
  const spec = makeStudySpec({
    datasetId: '00000000-0000-4000-8000-000000000000',
    searchSpace: {
      architecture: modelCards.map(({ name }) => name),
      retrainDepth: depths,
      learningRate: { low: 0.0001, high: 0.1 },
      epochs: { low: 1, high: epochs, step: 1 },
    },
    constraints: [{ metric: 'latencyP95Ms', atMost: 200 }],
    sampler: { name: 'retune', options: {} },
    trials: 100_000,
  });
  return {
    spec,
    history: Array.from({ length: size }, (_, number) => finished(number, rng)),
    profiles: new Map(modelCards.map(({ name, gigaMacs }) => [name, profileOf(gigaMacs)])),
    probes: new Map(modelCards.map(({ name }) => [name, probeOf(rng)])),
    cost: { secondsOf: ({ epochs: to }, from) => 3 + (to - from) * 60 },
    secondsLeft: 1e6,
    trialsLeft: 100_000 - size,
  };
}

function finished(number: number, rng: Rng): TrialHistory {
  const { name, gigaMacs } = modelCards[number % modelCards.length];
  const trained = rng.integer(1, epochs + 1);
  const curve = Array.from({ length: trained }, (_, index) => [index + 1, 0.5 + 0.4 * rng.float()] as const);
  const [, accuracy] = curve[trained - 1];
  return {
    trialId: `trial ${number}`,
    number,
    state: 'COMPLETE',
    parameters: {
      architecture: name,
      retrainDepth: depths[Math.floor(number / modelCards.length) % depths.length],
      learningRate: 10 ** (-4 + 3 * rng.float()),
      epochs: trained,
    },
    metrics: { accuracy, latencyP95Ms: latencyOf(gigaMacs), trainSeconds: 60 * trained },
    correct: Math.round(accuracy * validationImages),
    validationImages,
    constraints: [{ metric: 'latencyP95Ms', violation: latencyOf(gigaMacs) - 200 }],
    failReason: null,
    epoch: trained,
    curve,
  };
}

function latencyOf(gigaMacs: number): number {
  return 10 * gigaMacs;
}

function profileOf(gigaMacs: number): ArchitectureProfile {
  const p95Ms = latencyOf(gigaMacs);
  return {
    latencies: [1, 4, 16].map((batch) => ({ batch, p50Ms: p95Ms, p95Ms, p99Ms: p95Ms, repeats: 50 })),
    sizeBytes: 100_000_000,
    parameterCount: 25_000_000,
    peakMemoryBytes: 1_000_000_000,
    measuredAt: new Date(0),
  };
}

function probeOf(rng: Rng): ProbeScore {
  const accuracy = 0.5 + 0.4 * rng.float();
  return {
    accuracy,
    correct: Math.round(accuracy * validationImages),
    validationImages,
    validationLoss: 1 - accuracy,
    logme: rng.float(),
    featureCount: 2048,
    featureSeconds: 100,
    probeSeconds: 5,
  };
}
