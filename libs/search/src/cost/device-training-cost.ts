import type { TrainingCost } from '../planner/planner-input.js';
import type { ArchitectureProfile } from '../preparation.js';
import type { TrialParameters } from '../search-space.js';
import type { TrainingSettings } from '../study.js';
import {
  type ArchitectureSize,
  analyticEvaluationSeconds,
  analyticTrainSeconds,
  assumedSecondsPerGigaMac,
  profiledForwardSeconds,
} from './analytic-cost.js';
import { type LogNormal, noMeasurements, pooled, predictNext, withMeasurement } from './log-spread.js';
import type { CostDevice, TrainingCostRecord } from './training-cost-record.js';
import type { PictureCounts } from './trial-seconds.js';

/**
 * Where a figure is from: `record` of equal trials on this device; `scaled` from those of the same architecture and depth at
 * another image size, batch size or runtime; `profile`: the latency measured on it; `guess`: multiply-accumulates.
 */
export type CostSource = 'record' | 'scaled' | 'profile' | 'guess';

/** What a candidate costs. */
export interface CandidateCost {
  /** Of `epoch`. */
  readonly source: CostSource;
  /** Training and evaluation of one epoch. */
  readonly epoch: LogNormal;
  /** Everything else of a trial that finds all that was made before. */
  readonly fixed: LogNormal;
  /**
   * Everything else of the candidate's first trial with the dataset on this device, which compiles, decodes and computes frozen
   * features; null where that has finished.
   */
  readonly firstFixed: LogNormal | null;
}

/** All that is known of a device's speed. */
export interface TrainingCostKnowledge {
  readonly device: CostDevice;
  readonly training: Pick<TrainingSettings, 'imageSize' | 'batchSize' | 'headInit'>;
  readonly dataset: PictureCounts & { readonly version: string };
  /** Of the device, in any order. */
  readonly records: readonly TrainingCostRecord[];
  /** By architecture, at the image size. */
  readonly profiles: ReadonlyMap<string, ArchitectureProfile>;
  /** By architecture: multiply-accumulates at an image size. */
  sizeOf(architecture: string, imageSize: number): ArchitectureSize;
}

type Candidate = Pick<TrialParameters, 'architecture' | 'retrainDepth'>;
type Rate = 'trainPerPicture' | 'evaluationPerPicture';

/** Errors of the logarithm where equal trials are not on record. */
const SCALED_BIAS = 0.3;
const PROFILE_BIAS = 0.5;
const GUESS_BIAS = 0.9;
const FIXED_BIAS = 0.5;
const USUAL_NOISE = 0.15;
/** Start-up, compiling and profiling before anything was measured, seconds. */
const ASSUMED_FIXED_SECONDS = 3;

/** Of a profile or probe, by those of SqueezeNet, ResNet-18 and AlexNet on two cores of a server. */
const PREPARATION_SECONDS = 1;
const PREPARATION_SECONDS_PER_PARAMETER = 4e-8;

/** Predicts what trials take on one device. Pure: the same knowledge gives the same figures. */
export class DeviceTrainingCost implements TrainingCost {
  readonly #candidates = new Map<string, CandidateCost>();
  readonly #secondsPerGigaMac: number;

  constructor(private readonly knowledge: TrainingCostKnowledge) {
    this.#secondsPerGigaMac = this.#learnSpeed();
  }

  /** Of the dataset. */
  get pictures(): PictureCounts {
    return this.knowledge.dataset;
  }

  secondsOf(parameters: TrialParameters, fromEpoch: number): number {
    const { epoch, fixed, firstFixed } = this.candidate(parameters);
    return (firstFixed ?? fixed).median + Math.max(0, parameters.epochs - fromEpoch) * epoch.median;
  }

  /** What trials of an architecture and depth cost. */
  candidate({ architecture, retrainDepth }: Candidate): CandidateCost {
    const key = `${retrainDepth}/${architecture}`;
    const known = this.#candidates.get(key);
    if (known !== undefined) return known;
    const cost = this.#predict({ architecture, retrainDepth });
    this.#candidates.set(key, cost);
    return cost;
  }

  /**
   * Seconds of a profile or probe: start, build and compilation of the network (which grow with its parameters), and the
   * inference of so many pictures.
   */
  preparationSeconds(architecture: string, pictures: number): number {
    const { parameterCount } = this.knowledge.sizeOf(architecture, this.knowledge.training.imageSize);
    const start = PREPARATION_SECONDS + PREPARATION_SECONDS_PER_PARAMETER * parameterCount;
    return start + pictures * this.forwardSeconds(architecture);
  }

  /** Seconds of one picture's inference in a batch. */
  forwardSeconds(architecture: string): number {
    const profile = this.knowledge.profiles.get(architecture);
    const measured = profile === undefined ? null : profiledForwardSeconds(profile);
    return measured ?? this.#forwardByShape(architecture, this.knowledge.training.imageSize);
  }

  #predict(candidate: Candidate): CandidateCost {
    const { train, validation } = this.knowledge.dataset;
    const training = this.#rate(candidate, 'trainPerPicture');
    const evaluation = this.#rate(candidate, 'evaluationPerPicture');
    const median = training.median * train + evaluation.median * validation;
    const { bias, noise, source } = training;
    return { source, epoch: { median, bias, noise }, ...this.#fixed(candidate) };
  }

  /** Seconds a picture: of equal trials, else scaled, else from the profile or the multiply-accumulates. */
  #rate(candidate: Candidate, rate: Rate): LogNormal & { readonly source: CostSource } {
    const same = this.knowledge.records.filter((record) => isCandidate(record, candidate));
    const equal = same.filter((record) => this.#isEqual(record));
    const own = equal.filter(({ datasetVersion }) => datasetVersion === this.knowledge.dataset.version);
    const measured = pooled((own.length > 0 ? own : equal).map((record) => record[rate]));
    if (measured.count > 0) return { ...predictNext(measured), source: 'record' };
    const analytic = this.#analytic(candidate, rate);
    const nearest = same
      .filter((record) => record[rate].count > 0)
      .sort((a, b) => this.#distance(a) - this.#distance(b));
    if (nearest.length > 0) {
      const [record] = nearest;
      const ratio = this.#byShape(candidate, rate) / this.#byShape(candidate, rate, record);
      const { median, noise } = predictNext(record[rate]);
      const bias = SCALED_BIAS * Math.min(3, 0.3 + this.#distance(record));
      return { median: median * ratio, bias, noise, source: 'scaled' };
    }
    return { ...this.#corrected(candidate, rate, analytic.seconds, analytic.source), source: analytic.source };
  }

  /** The analytic figure, times what it was wrong by for other architectures at the depth. */
  #corrected({ retrainDepth }: Candidate, rate: Rate, seconds: number, source: 'profile' | 'guess'): LogNormal {
    const errors = this.knowledge.records
      .filter((record) => record.retrainDepth === retrainDepth && this.#isEqual(record) && record[rate].count > 0)
      .map((record) => record[rate].mean - Math.log(this.#analytic(record, rate).seconds));
    const prior = source === 'profile' ? PROFILE_BIAS : GUESS_BIAS;
    // One architecture tells half of what the next one is wrong by.
    const shift = errors.reduce((sum, error) => sum + error, 0) / (errors.length + 1);
    const bias = prior / Math.sqrt(1 + errors.length);
    return { median: seconds * Math.exp(shift), bias: Math.max(0.25, bias), noise: USUAL_NOISE };
  }

  #analytic(candidate: Candidate, rate: Rate): { readonly seconds: number; readonly source: 'profile' | 'guess' } {
    const { profiles, training } = this.knowledge;
    const profile = profiles.get(candidate.architecture);
    const measured = profile === undefined ? null : profiledForwardSeconds(profile);
    const forward = measured ?? this.#forwardByShape(candidate.architecture, training.imageSize);
    return {
      seconds: this.#secondsByForward(candidate, rate, forward, training),
      source: measured === null ? 'guess' : 'profile',
    };
  }

  /** By multiply-accumulates alone, so that figures at two image sizes can be compared. */
  #byShape(candidate: Candidate, rate: Rate, at: { imageSize: number; batchSize: number } = this.knowledge.training) {
    return this.#secondsByForward(candidate, rate, this.#forwardByShape(candidate.architecture, at.imageSize), at);
  }

  #secondsByForward(
    { architecture, retrainDepth }: Candidate,
    rate: Rate,
    forward: number,
    { imageSize, batchSize }: { readonly imageSize: number; readonly batchSize: number },
  ): number {
    if (rate === 'evaluationPerPicture') return analyticEvaluationSeconds(retrainDepth, forward);
    const size = this.knowledge.sizeOf(architecture, imageSize);
    return analyticTrainSeconds(retrainDepth, forward, size, batchSize, this.knowledge.device);
  }

  #forwardByShape(architecture: string, imageSize: number): number {
    return this.knowledge.sizeOf(architecture, imageSize).gigaMacs * this.#secondsPerGigaMac;
  }

  /** From the profiles, else as such a device is known. */
  #learnSpeed(): number {
    const { profiles, training, device } = this.knowledge;
    let speeds = noMeasurements;
    for (const [architecture, profile] of profiles) {
      const forward = profiledForwardSeconds(profile);
      if (forward === null) continue;
      speeds = withMeasurement(speeds, forward / this.knowledge.sizeOf(architecture, training.imageSize).gigaMacs);
    }
    return speeds.count === 0 ? assumedSecondsPerGigaMac(device) : Math.exp(speeds.mean);
  }

  #fixed(candidate: Candidate): Pick<CandidateCost, 'fixed' | 'firstFixed'> {
    const { records, dataset, training } = this.knowledge;
    const here = records.filter((record) => record.imageSize === training.imageSize && this.#isOnDevice(record));
    const same = here.filter((record) => isCandidate(record, candidate));
    const fixed = this.#laterFixed(same, here);
    if (same.some(({ datasetVersion }) => datasetVersion === dataset.version)) return { fixed, firstFixed: null };
    const firsts = same.length > 0 ? same : here;
    if (firsts.length === 0) {
      const median = this.#assumedFirst(candidate, dataset.train + dataset.validation);
      return { fixed, firstFixed: { median, bias: GUESS_BIAS, noise: USUAL_NOISE } };
    }
    // What the first trial took, against what it should have: the same factor is expected of this one.
    const ratios = pooled(
      firsts.map((record) =>
        withMeasurement(noMeasurements, record.firstFixed / this.#assumedFirst(record, record.pictures)),
      ),
    );
    const expected = this.#assumedFirst(candidate, dataset.train + dataset.validation) * Math.exp(ratios.mean);
    const bias = same.length > 0 ? SCALED_BIAS : Math.max(FIXED_BIAS, predictNext(ratios).bias);
    return { fixed, firstFixed: { median: Math.max(fixed.median, expected), bias, noise: USUAL_NOISE } };
  }

  /** Of trials that find everything: those of the candidate, else of the depth, else of the device. */
  #laterFixed(same: readonly TrainingCostRecord[], here: readonly TrainingCostRecord[]): LogNormal {
    for (const [group, bias] of [
      [same, 0],
      [here, FIXED_BIAS],
    ] as const) {
      const measured = pooled(group.map(({ fixed }) => fixed));
      if (measured.count === 0) continue;
      const next = predictNext(measured);
      return { ...next, bias: Math.max(next.bias, bias) };
    }
    const firsts = pooled(here.map(({ firstFixed }) => withMeasurement(noMeasurements, firstFixed)));
    const median = firsts.count === 0 ? ASSUMED_FIXED_SECONDS : Math.exp(firsts.mean) / 2;
    return { median, bias: GUESS_BIAS, noise: USUAL_NOISE };
  }

  /** Start-up, and the frozen part of the pictures' way where there is one. */
  #assumedFirst({ architecture, retrainDepth }: Candidate, pictures: number): number {
    const { training } = this.knowledge;
    const needsFeatures = retrainDepth !== 'scratch' && (retrainDepth !== 'deep' || training.headInit === 'probe');
    const features = needsFeatures ? pictures * this.#forwardByShape(architecture, training.imageSize) : 0;
    return ASSUMED_FIXED_SECONDS + features;
  }

  #isOnDevice({ device }: TrainingCostRecord): boolean {
    const { threads, runtime } = this.knowledge.device;
    return device.threads === threads && device.runtime === runtime;
  }

  #isEqual(record: TrainingCostRecord): boolean {
    const { imageSize, batchSize } = this.knowledge.training;
    return record.imageSize === imageSize && record.batchSize === batchSize && this.#isOnDevice(record);
  }

  /** How far a record is from what is asked, in factors. */
  #distance({ imageSize, batchSize, device }: TrainingCostRecord): number {
    const { training, device: here } = this.knowledge;
    return (
      2 * Math.abs(Math.log(imageSize / training.imageSize)) +
      0.3 * Math.abs(Math.log(batchSize / training.batchSize)) +
      Math.abs(Math.log(device.threads / here.threads)) +
      (device.runtime === here.runtime ? 0 : 0.2)
    );
  }
}

function isCandidate(record: Candidate, { architecture, retrainDepth }: Candidate): boolean {
  return record.architecture === architecture && record.retrainDepth === retrainDepth;
}
