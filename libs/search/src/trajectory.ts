import type { ArtifactReference, EpochReport } from './trial.js';

/** What is known of a training at the end of one of its epochs besides its reports; seconds count it from its beginning. */
export interface PointMeasures {
  readonly correct: number;
  readonly validationImages: number;
  readonly trainBatchSize: number;
  readonly trainSeconds: number;
  readonly evaluationSeconds: number;
}

/** State of a training at the end of an epoch, as a worker hands it in. */
export interface NewTrajectoryPoint {
  /** The trained tensors. */
  readonly checkpoint: ArtifactReference;
  /** Momentum of each trained parameter. */
  readonly slots: ArtifactReference;
  readonly initialStateSha256: string;
  readonly measures: PointMeasures;
}

/** A training that is on record at the end of an epoch. */
export interface TrajectoryPoint {
  /** Epochs done, >= 1. */
  readonly epoch: number;
  readonly checkpoint: ArtifactReference;
  /** Null where no trial is to go on from here: it answers trials of this very epoch. */
  readonly slots: ArtifactReference | null;
  readonly initialStateSha256: string;
  readonly measures: PointMeasures;
  /** Of every epoch from the first on. */
  readonly reports: readonly EpochReport[];
}

/** Bytes that the service holds, as far as the database knows. */
export interface StorageUsage {
  /** Trained tensors of trials and of points, each blob once. */
  readonly checkpoints: StoredBlobs;
  /** Momentum of trainings that may be continued. */
  readonly resumeStates: StoredBlobs;
  /** Zips and unpacked files. */
  readonly exports: StoredBlobs;
  /** Of datasets that are READY; pictures that two of them share count twice. */
  readonly pictures: StoredBlobs;
}

export interface StoredBlobs {
  readonly bytes: number;
  readonly count: number;
}
