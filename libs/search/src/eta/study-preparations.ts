import { violationOf } from '../assess-constraints.js';
import type { DeviceTrainingCost } from '../cost/device-training-cost.js';
import type { CostDevice } from '../cost/training-cost-record.js';
import { type CostRepositories, profileKey, profilesOf } from '../cost/training-costs.js';
import { pictureCounts } from '../cost/trial-seconds.js';
import type { DatasetRecord } from '../dataset.js';
import type { Constraint } from '../metric-name.js';
import type { ArchitectureProfile, PreparationKey } from '../preparation.js';
import type { StudySpec } from '../study.js';

/** An architecture that misses a constraint whatever it is trained to. */
export interface RuledOut {
  readonly architecture: string;
  readonly constraint: Constraint;
  /** Of the constraint's metric. */
  readonly value: number;
}

/** Work before the first trial. */
export interface NeededPreparation {
  readonly kind: 'profile' | 'probe';
  readonly architecture: string;
  /** Predicted. */
  readonly seconds: number;
}

/** What is known and what is missing before the trials of a study begin on a device. */
export interface StudyPreparations {
  readonly ruledOut: readonly RuledOut[];
  readonly needed: readonly NeededPreparation[];
}

type PreparedSpec = Pick<StudySpec, 'searchSpace' | 'training' | 'constraints' | 'sampler'>;

/** Start of a process, build and compilation of a network, seconds. */
const START_SECONDS = 2;
/** Calls by which a latency is measured, and images of one call at each batch size together. */
const PROFILE_CALLS = 60;
const PROFILE_IMAGES = 1 + 4 + 16;

/** Reads what was measured before any training. */
export async function studyPreparations(
  repositories: CostRepositories,
  spec: PreparedSpec,
  dataset: Pick<DatasetRecord, 'classes' | 'version'>,
  device: CostDevice,
  cost: Pick<DeviceTrainingCost, 'forwardSeconds'>,
): Promise<StudyPreparations> {
  const { preparations } = repositories;
  const profiles = await profilesOf(repositories, spec, dataset.classes.length, device);
  const ruledOut = [...profiles].flatMap(([architecture, profile]) => missed(architecture, profile, spec));
  const infeasible = new Set(ruledOut.map(({ architecture }) => architecture));
  const { train, validation } = pictureCounts(dataset.classes);
  const keys = keysOf(spec, dataset, device).filter(({ architecture }) => !infeasible.has(architecture));
  const found = await preparations.findByKeys(keys);
  const needed = keys
    .filter((_, index) => found[index]?.state !== 'COMPLETE' && found[index]?.state !== 'FAIL')
    .map(({ kind, architecture }) => {
      const images = kind === 'profile' ? PROFILE_CALLS * PROFILE_IMAGES : train + validation;
      return { kind, architecture, seconds: START_SECONDS + images * cost.forwardSeconds(architecture) };
    });
  return { ruledOut, needed };
}

/** The profiles of all architectures; probes only where the planner asks for them and there is something to start from. */
function keysOf(
  { searchSpace, training, sampler }: PreparedSpec,
  { classes, version }: Pick<DatasetRecord, 'classes' | 'version'>,
  device: CostDevice,
): PreparationKey[] {
  const { threads, runtime, ...rest } = device;
  const where = { device: { class: rest.class, name: rest.name }, threads, runtime };
  const profiles = searchSpace.architecture.map(
    (name): PreparationKey => ({ kind: 'profile', ...profileKey(name, classes.length, training, device) }),
  );
  const isPretrained = searchSpace.retrainDepth.some((depth) => depth !== 'scratch');
  if (sampler.name !== 'retune' || !isPretrained) return profiles;
  const probes = searchSpace.architecture.flatMap((architecture): PreparationKey[] => {
    const weights = training.weights?.[architecture];
    if (weights === undefined) return [];
    const { imageSize } = training;
    return [{ kind: 'probe', architecture, weights, datasetVersion: version ?? '', imageSize, ...where }];
  });
  return [...profiles, ...probes];
}

function missed(
  architecture: string,
  { latencies, sizeBytes, parameterCount }: ArchitectureProfile,
  { constraints, training }: PreparedSpec,
): RuledOut[] {
  const latency = latencies.find(({ batch }) => batch === training.latencyBatch);
  const values: Partial<Record<Constraint['metric'], number>> = {
    latencyP50Ms: latency?.p50Ms,
    latencyP95Ms: latency?.p95Ms,
    sizeBytes,
    parameterCount,
  };
  const violated = constraints.find((constraint) => {
    const value = values[constraint.metric];
    return value !== undefined && violationOf(constraint, value) > 0;
  });
  return violated === undefined
    ? []
    : [{ architecture, constraint: violated, value: values[violated.metric] as number }];
}
