import { hypervolume, paretoFront } from '#ranking';
import {
  type ArchitectureProfile,
  assessConstraints,
  type EpochReport,
  type ProbeScore,
  type StudySpec,
  type TrialHistory,
  type TrialParameters,
  type TrialRecord,
} from '#search';
import { decidePruning, type PlannerInput, planNext, proposeTrial } from '#search/testing';
import {
  countedCorrect,
  epochSeconds,
  latencyOf,
  preparationSeconds,
  probeCorrect,
  startUpSeconds,
  trueAccuracy,
  validationImages,
  type World,
} from './world.js';

/** Who chooses the trials. */
export interface Strategy {
  readonly name: string;
  readonly sampler: StudySpec['sampler'];
  readonly pruner: StudySpec['pruner'];
  /** Whether an equal trial is gone on with. */
  readonly continuation: boolean;
  /** Whether frozen layers are computed once. @default {true} */
  readonly featureCache?: boolean;
  /** Whether architectures are measured first. @default {true} */
  readonly profileGate?: boolean;
}

/** The front at a moment: share of the volume that the true values of its members fill. */
export interface Moment {
  readonly second: number;
  readonly volume: number;
}

/** A simulated study. */
export interface SimulatedStudy {
  /** After every finished trial. */
  readonly moments: readonly Moment[];
  readonly history: readonly TrialHistory[];
  /** Milliseconds of this computer that choosing took. */
  readonly choosingMs: number;
  readonly seconds: number;
}

interface Job {
  readonly row: Row;
  readonly repeat: number;
  nextSecond: number;
  epoch: number;
  secondsSpent: number;
}

type Row = { -readonly [Key in keyof TrialHistory]: TrialHistory[Key] } & { curve: [number, number][] };

/** Runs a study on a clock that is only counted. */
export function simulateStudy(world: World, strategy: Strategy, seed: number, workers = 1): SimulatedStudy {
  const spec = specOf(world, strategy, seed);
  const isPlanned = strategy.sampler.name === 'retune';
  const history: Row[] = [];
  const jobs: (Job | null)[] = new Array(workers).fill(null);
  const cached = new Set<string>();
  const done = new Map<string, number>();
  const moments: Moment[] = [];
  let choosingMs = 0;
  const gate = strategy.profileGate !== false;
  const { featureCache = true } = strategy;
  const isCached = (parameters: TrialParameters) => featureCache && cached.has(parameters.architecture);
  const prepared = isPlanned && gate ? world.searchSpace.architecture : [];
  const start = prepared.reduce((sum, name) => sum + preparationSeconds(name), 0) / workers;
  const free = new Array<number>(workers).fill(start);
  for (const name of prepared) if (featureCache) cached.add(name);
  const profiles = new Map(prepared.map((name) => [name, profileOf(name)]));
  const probes = new Map(prepared.map((name) => [name, probeOf(name, seed)]));
  const secondsOf = (parameters: TrialParameters, from: number) =>
    (startUpSeconds(parameters, isCached(parameters)) +
      (parameters.epochs - from) * epochSeconds(parameters, featureCache)) *
    misjudgement(parameters);

  const propose = (second: number): { parameters: TrialParameters; repeat: number } | null | 'wait' => {
    const trialsLeft = world.trials - history.length;
    if (trialsLeft <= 0 || second >= world.seconds) return null;
    const started = performance.now();
    try {
      if (!isPlanned) {
        const parameters = proposeTrial(spec, history, history.length);
        return parameters === null ? null : { parameters, repeat: 0 };
      }
      const secondsLeft = world.seconds - second;
      const input: PlannerInput = { spec, history, profiles, probes, cost: { secondsOf }, secondsLeft, trialsLeft };
      const step = planNext(input);
      if (step.kind === 'wait') return 'wait';
      return step.kind === 'done' ? null : step;
    } finally {
      choosingMs += performance.now() - started;
    }
  };

  const begin = (worker: number, second: number): boolean => {
    const proposal = propose(second);
    if (proposal === null || proposal === 'wait') return false;
    const { parameters, repeat } = proposal;
    const { architecture, retrainDepth } = parameters;
    const key = trainingKey(parameters, repeat);
    const latencyP95Ms = latencyOf(architecture);
    const { constraints } = assessConstraints(world.constraints, { latencyP95Ms });
    const row: Row = {
      trialId: String(history.length),
      number: history.length,
      state: 'RUNNING',
      parameters,
      metrics: { latencyP95Ms },
      correct: null,
      validationImages: null,
      constraints,
      failReason: null,
      epoch: 0,
      curve: [],
    };
    history.push(row);
    const from = strategy.continuation ? Math.min(parameters.epochs, done.get(key) ?? 0) : 0;
    for (let epoch = 1; epoch <= from; epoch++) row.curve.push(pointOf(parameters, epoch, seed, repeat));
    const isHopeless = constraints.some(({ violation }) => violation !== null && violation > 0);
    if (isHopeless) {
      row.state = 'PRUNED';
      free[worker] = second + preparationSeconds(architecture);
      return true;
    }
    const first = second + startUpSeconds(parameters, isCached(parameters));
    if (featureCache && retrainDepth === 'shallow') cached.add(architecture);
    const rate = epochSeconds(parameters, featureCache);
    jobs[worker] = {
      row,
      repeat,
      epoch: from,
      nextSecond: from >= parameters.epochs ? first : first + rate,
      secondsSpent: from * rate,
    };
    return true;
  };

  const advance = (worker: number, job: Job): void => {
    const { row } = job;
    const { parameters } = row;
    const rate = epochSeconds(parameters, featureCache);
    if (job.epoch < parameters.epochs) {
      job.epoch++;
      job.secondsSpent += rate;
      row.epoch = job.epoch;
      row.curve.push(pointOf(parameters, job.epoch, seed, job.repeat));
    }
    const accuracy = row.curve[row.curve.length - 1][1];
    const measures = { accuracy, latencyP95Ms: latencyOf(parameters.architecture), trainSeconds: job.secondsSpent };
    if (job.epoch < parameters.epochs) {
      const trial = { ...row, studyId: '', id: row.trialId, measures } as unknown as TrialRecord;
      const reports = row.curve.map(([epoch, value]) => reportOf(epoch, value, rate));
      if (decidePruning(spec, trial, reports, history) === null) {
        job.nextSecond += rate;
        return;
      }
      row.state = 'PRUNED';
    } else {
      row.state = 'COMPLETE';
      row.metrics = measures;
      row.correct = Math.round(accuracy * validationImages);
      row.validationImages = validationImages;
      const key = trainingKey(parameters, job.repeat);
      done.set(key, Math.max(done.get(key) ?? 0, parameters.epochs));
    }
    const assessed = assessConstraints(
      world.constraints,
      row.state === 'COMPLETE' ? measures : { latencyP95Ms: measures.latencyP95Ms },
    );
    row.constraints = assessed.constraints;
    free[worker] = job.nextSecond;
    jobs[worker] = null;
    moments.push({ second: job.nextSecond, volume: trueVolume(world, history) });
  };

  const waiting = new Array<boolean>(workers).fill(false);
  for (;;) {
    const next = jobs
      .map((job, worker) => ({ job, worker, second: job === null ? free[worker] : job.nextSecond }))
      .filter(({ job, worker }) => job !== null || !waiting[worker])
      .sort((a, b) => a.second - b.second || a.worker - b.worker)[0];
    if (next === undefined || next.second > world.seconds) break;
    if (next.job !== null) {
      advance(next.worker, next.job);
      for (const [worker, isWaiting] of waiting.entries()) {
        if (isWaiting) [waiting[worker], free[worker]] = [false, Math.max(free[worker], next.second)];
      }
    } else if (!begin(next.worker, next.second)) waiting[next.worker] = true;
  }
  const seconds = moments.at(-1)?.second ?? start;
  return { moments, history, choosingMs, seconds };
}

/** Volume of the moment, 0 before the first. */
export function volumeAt(moments: readonly Moment[], second: number): number {
  let volume = 0;
  for (const moment of moments) if (moment.second <= second) volume = moment.volume;
  return volume;
}

function trueVolume({ objectives, constraints, reference }: World, history: readonly TrialHistory[]): number {
  const feasible = history.filter(
    ({ state, constraints: assessed }) =>
      state === 'COMPLETE' && assessed.every(({ violation }) => violation !== null && violation <= 0),
  );
  const losses = feasible.map(({ metrics }) =>
    objectives.map(({ metric, direction }) =>
      direction === 'maximize' ? 1 - (metrics[metric] as number) : (metrics[metric] as number),
    ),
  );
  const members = paretoFront(losses).map((index) => feasible[index]);
  const rows = members.flatMap(({ parameters, metrics }) => {
    const accuracy = trueAccuracy(parameters);
    // What only luck made feasible is worth nothing, but for half a point.
    const { feasible: isTruly } = assessConstraints(
      constraints.filter(({ metric }) => metric === 'accuracy'),
      { accuracy: accuracy + 0.005 },
    );
    if (isTruly === false) return [];
    return [objectives.map(({ metric }) => (metric === 'accuracy' ? 1 - accuracy : (metrics[metric] as number)))];
  });
  return hypervolume(rows, [...reference]) / reference.reduce((product, corner) => product * corner, 1);
}

function trainingKey({ architecture, retrainDepth, learningRate }: TrialParameters, repeat: number): string {
  return `${architecture} ${retrainDepth} ${learningRate} ${repeat}`;
}

function pointOf(parameters: TrialParameters, epoch: number, seed: number, repeat: number): [number, number] {
  return [epoch, countedCorrect(parameters, epoch, seed, repeat) / validationImages];
}

/** What is predicted is not what comes: up to 15 % more or less. */
function misjudgement({ architecture, retrainDepth }: TrialParameters): number {
  return 1 + 0.15 * Math.sin(architecture.length * 7 + retrainDepth.length * 3);
}

function reportOf(epoch: number, accuracy: number, trainSeconds: number): EpochReport {
  return { epoch, accuracy, trainLoss: 0, validationLoss: 0, trainSeconds, evaluationSeconds: 0 };
}

function profileOf(architecture: string): ArchitectureProfile {
  const p95Ms = latencyOf(architecture);
  return {
    latencies: [{ batch: 4, p50Ms: 0.9 * p95Ms, p95Ms, p99Ms: 1.1 * p95Ms, repeats: 50 }],
    sizeBytes: p95Ms * 1e7,
    parameterCount: Math.round(p95Ms * 2.5e6),
    peakMemoryBytes: 1e9,
    measuredAt: new Date(0),
  };
}

function probeOf(architecture: string, seed: number): ProbeScore {
  const correct = probeCorrect(architecture, seed);
  const accuracy = correct / validationImages;
  return {
    accuracy,
    correct,
    validationImages,
    validationLoss: 0.3,
    logme: -0.5 + accuracy / 2,
    featureCount: 512,
    featureSeconds: 1,
    probeSeconds: 0.1,
  };
}

function specOf(world: World, { sampler, pruner }: Strategy, seed: number): StudySpec {
  return {
    name: world.name,
    datasetId: '00000000-0000-4000-8000-000000000000',
    searchSpace: world.searchSpace,
    training: {
      imageSize: 224,
      batchSize: 16,
      momentum: 0.9,
      weightDecay: 1e-4,
      headInit: 'random',
      latencyBatch: 4,
      seed: 0,
    },
    objectives: world.objectives,
    constraints: world.constraints,
    sampler,
    pruner,
    enqueue: [],
    trials: world.trials,
    timeoutSeconds: Number.isFinite(world.seconds) ? world.seconds : null,
    maxAttempts: 3,
    seed,
  };
}
