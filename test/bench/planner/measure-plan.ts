import { hashSeed, Rng } from '#primitives';
import { type ProbeScore, retrainDepths, type StudySpec, type TrialHistory, type TrialParameters } from '#search';
import { makeStudySpec, planNext } from '#search/testing';

/** What a plan costs on a history of so many trials. */
export interface PlanRow {
  readonly trials: number;
  readonly architectures: number;
  readonly objectives: number;
  /** Median and longest of some plans. */
  readonly medianMs: number;
  readonly longestMs: number;
  /** That plans leave behind until they are collected, and the history itself, MiB. */
  readonly garbageMiB: number;
  readonly historyMiB: number;
}

const PLANS = 7;
const architectures = Array.from({ length: 21 }, (_, index) => `network${index}`);

/** @param objectives 2, or 3 with seconds of training. */
export function measurePlan(trials: number, objectives: 2 | 3): PlanRow {
  const spec = specOf(trials, objectives);
  const before = usedMiB();
  const history = historyOf(trials);
  const historyMiB = usedMiB() - before;
  const probes = new Map(architectures.map((name, index) => [name, probeOf(index)]));
  const input = {
    spec,
    history,
    profiles: new Map(),
    probes,
    cost: { secondsOf },
    secondsLeft: 36_000,
    trialsLeft: 1000,
  };
  planNext(input);
  const start = process.memoryUsage().heapUsed;
  const times = Array.from({ length: PLANS }, () => {
    const started = performance.now();
    planNext(input);
    return performance.now() - started;
  }).sort((a, b) => a - b);
  const garbageMiB = Math.max(0, process.memoryUsage().heapUsed - start) / 2 ** 20 / PLANS;
  return {
    trials,
    architectures: architectures.length,
    objectives,
    medianMs: times[PLANS >> 1],
    longestMs: times[PLANS - 1],
    garbageMiB,
    historyMiB,
  };
}

function usedMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function secondsOf({ architecture, retrainDepth, epochs }: TrialParameters, from: number): number {
  return 2 + (epochs - from) * (1 + architecture.length) * (retrainDepth === 'shallow' ? 0.1 : 1);
}

function specOf(trials: number, objectives: 2 | 3): StudySpec {
  const base = makeStudySpec({ datasetId: 'd' });
  return {
    ...base,
    sampler: { name: 'retune', options: {} },
    searchSpace: {
      architecture: architectures,
      retrainDepth: retrainDepths,
      learningRate: { low: 1e-5, high: 1e-1 },
      epochs: { low: 1, high: 50, step: 1 },
    },
    objectives: [
      ...base.objectives,
      ...(objectives === 3 ? [{ metric: 'trainSeconds', direction: 'minimize' } as const] : []),
    ],
    trials: 2 * trials + 1000,
  };
}

/** Trials of rungs as a planner makes them, spread over everything. */
function historyOf(trials: number): TrialHistory[] {
  const rng = new Rng(hashSeed(1, 'history', trials));
  return Array.from({ length: trials }, (_, number): TrialHistory => {
    const network = rng.integer(0, architectures.length);
    const retrainDepth = retrainDepths[rng.integer(0, 4)];
    const learningRate = Number((10 ** (-5 + rng.integer(0, 33) / 8)).toPrecision(3));
    const epochs = [1, 2, 4, 8, 16, 32, 50][rng.integer(0, 7)];
    const accuracy = Math.min(0.99, 0.7 + network / 150 + 0.1 * (1 - 1 / epochs) + 0.02 * rng.normal());
    const metrics = { accuracy, latencyP95Ms: 5 + network, trainSeconds: epochs * (1 + network / 10) };
    return {
      trialId: String(number),
      number,
      state: 'COMPLETE',
      parameters: { architecture: architectures[network], retrainDepth, learningRate, epochs },
      metrics,
      correct: Math.round(accuracy * 1000),
      validationImages: 1000,
      constraints: [],
      failReason: null,
      epoch: epochs,
      curve: [],
    };
  });
}

function probeOf(index: number): ProbeScore {
  const accuracy = 0.7 + index / 150;
  return {
    ...{ accuracy, correct: Math.round(1000 * accuracy), validationImages: 1000, validationLoss: 0.3, logme: accuracy },
    ...{ featureCount: 512, featureSeconds: 1, probeSeconds: 0.1 },
  };
}
