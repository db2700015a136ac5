import { violatedConstraint } from '../assess-constraints.js';
import type { DeviceTrainingCost } from '../cost/device-training-cost.js';
import type { CostDevice } from '../cost/training-cost-record.js';
import { type CostRepositories, profilesOf } from '../cost/training-costs.js';
import { pictureCounts } from '../cost/trial-seconds.js';
import type { DatasetRecord } from '../dataset.js';
import type { Constraint } from '../metric-name.js';
import type { PreparationKey } from '../preparation.js';
import { profileMeasures } from '../profile-measures.js';
import type { StudySpec } from '../study.js';
import { hasProfileGate, PROFILE_PICTURES, probeKeys, profileKeys } from '../study-preparations.js';

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
  /** Of all that is needed, predicted. */
  readonly seconds: number;
}

type PreparedSpec = Pick<StudySpec, 'searchSpace' | 'training' | 'constraints' | 'sampler'>;

/**
 * Reads what was measured before any training. A worker that does not say what it runs networks with is given nothing to
 * prepare.
 */
export async function studyPreparations(
  repositories: CostRepositories,
  spec: PreparedSpec,
  dataset: Pick<DatasetRecord, 'classes' | 'version'>,
  device: CostDevice,
  cost: Pick<DeviceTrainingCost, 'preparationSeconds'>,
): Promise<StudyPreparations> {
  if (device.runtime === '' || !hasProfileGate(spec)) return { ruledOut: [], needed: [], seconds: 0 };
  const profiles = await profilesOf(repositories, spec, dataset, device);
  const ruledOut = [...profiles].flatMap(([architecture, profile]): RuledOut[] => {
    const measures = profileMeasures(profile, spec.training.latencyBatch);
    const violated = measures && violatedConstraint(spec.constraints, measures);
    return violated === null ? [] : [{ architecture, ...violated }];
  });
  const infeasible = new Set(ruledOut.map(({ architecture }) => architecture));
  const { train, validation } = pictureCounts(dataset.classes);
  const classes = dataset.classes.map(({ name }) => name);
  const keys: PreparationKey[] = [
    ...profileKeys(spec, { classes }, device),
    ...probeKeys(spec, { version: dataset.version ?? '' }, device, infeasible),
  ];
  const found = await repositories.preparations.findByKeys(keys);
  const needed = keys
    .filter((_, index) => found[index]?.state !== 'COMPLETE' && found[index]?.state !== 'FAIL')
    .map(({ kind, architecture }) => {
      const pictures = kind === 'profile' ? PROFILE_PICTURES : train + validation;
      return { kind, architecture, seconds: cost.preparationSeconds(architecture, pictures) };
    });
  return { ruledOut, needed, seconds: needed.reduce((sum, preparation) => sum + preparation.seconds, 0) };
}
