import type { Constraint } from './metric-name.js';
import type { TrialParameters } from './search-space.js';
import type { TrainingSettings } from './study.js';
import type { NewTrajectoryPoint } from './trajectory.js';
import type { ArtifactReference, Device, DeviceIdentity, EpochReport, FailReason, TrialMeasures } from './trial.js';

/** How long a claim is held without a sign of life. */
export interface LeaseSettings {
  /** Seconds until an unrenewed lease expires; > 0. */
  readonly leaseSeconds: number;
  /** Seconds between two heartbeats; at most a third of `leaseSeconds`. */
  readonly heartbeatSeconds: number;
}

/** Who asks for work. A claim whose answer was lost is asked again with the same `claimRequestId`. */
export interface ClaimRequest {
  readonly workerId: string;
  readonly claimRequestId: string;
  readonly device: Device;
}

/** The dataset version a claim works on. */
export interface ClaimDataset {
  readonly name: string;
  readonly version: string;
  readonly manifestSha256: string;
  readonly classes: readonly string[];
}

interface ClaimBase extends LeaseSettings {
  /** Fencing token: every later write of this claim carries it. */
  readonly attempt: number;
  readonly studyId: string;
  readonly studyName: string;
  readonly parameters: TrialParameters;
  readonly training: TrainingSettings;
  readonly dataset: ClaimDataset;
  /** Seed of the trial: the same for every attempt. */
  readonly seed: number;
}

/** What a trial may take over from others: both true, but where a study measures what that is worth. */
export interface TrialReuse {
  /** Frozen work: pictures' features and the head fitted to them. */
  readonly features: boolean;
  /** Epochs of an equal training that is on record. */
  readonly trajectories: boolean;
}

/** A trial to be trained. */
export interface TrialClaim extends ClaimBase {
  readonly kind: 'trial';
  readonly trialId: string;
  readonly number: number;
  readonly constraints: readonly Constraint[];
  readonly reuse: TrialReuse;
}

/** A trained trial to be exported and verified. */
export interface ExportClaim extends ClaimBase {
  readonly kind: 'export';
  readonly exportId: string;
  readonly trialNumber: number;
  readonly checkpoint: ArtifactReference;
  /** Of the tensors the trial began with. */
  readonly initialStateSha256: string;
  readonly measures: TrialMeasures;
  readonly accuracyInterval: { readonly low: number; readonly high: number };
  readonly reports: readonly EpochReport[];
  /** Trained the trial. */
  readonly device: DeviceIdentity;
  /** Its latency was measured on it. */
  readonly latencyDevice: DeviceIdentity;
}

/** What a worker is given to do. */
export type WorkClaim = TrialClaim | ExportClaim;

/** What a worker must do next. */
export interface Verdict {
  readonly action: 'continue' | 'prune' | 'cancel';
  readonly reason: string | null;
}

/** How a worker ends a trial. */
export type TrialOutcome =
  | {
      readonly state: 'COMPLETE';
      readonly measures: TrialMeasures;
      readonly checkpoint: ArtifactReference;
      readonly initialStateSha256: string;
      readonly weights: { readonly name: string; readonly sha256: string } | null;
      /** To go on from with more epochs; absent where nothing was trained or nothing is shared. */
      readonly point?: NewTrajectoryPoint | undefined;
    }
  | {
      readonly state: 'PRUNED';
      readonly reason: string;
      readonly measures: Partial<TrialMeasures>;
      readonly point?: NewTrajectoryPoint | undefined;
    }
  | {
      readonly state: 'FAIL';
      readonly failReason: FailReason;
      readonly message: string;
      readonly measures: Partial<TrialMeasures>;
    };
