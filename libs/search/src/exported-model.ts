import type { ArtifactReference } from './trial.js';

export type ExportState = 'WAITING' | 'RUNNING' | 'READY' | 'FAILED';

/** What the clean process measured when it reloaded the exported model, beside the record of the trial. */
export interface ExportVerification {
  readonly accuracy: number;
  readonly recordedAccuracy: number;
  readonly correct: number;
  readonly validationImages: number;
  /** Validation images that the exported model classifies otherwise than the trained network. */
  readonly differingImages: number;
  /** Of the network alone, on prepared pictures: what the trial's record measures. */
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
  readonly recordedLatencyP95Ms: number;
  readonly latencyBatch: number;
  /** Of `model.onnx` with the preprocessing inside, on decoded pictures of `endToEndWidth` × `endToEndHeight`. */
  readonly endToEndLatencyP50Ms: number;
  readonly endToEndLatencyP95Ms: number;
  /** Pixels. */
  readonly endToEndWidth: number;
  readonly endToEndHeight: number;
}

/** One file of an export. */
export interface ExportFile extends ArtifactReference {
  readonly name: string;
}

/** An export as it is stored. */
export interface ExportRecord {
  readonly id: string;
  readonly studyId: string;
  readonly trialId: string;
  readonly trialNumber: number;
  readonly state: ExportState;
  /** Fencing token. */
  readonly attempt: number;
  readonly workerId: string | null;
  readonly failure: string | null;
  readonly verification: ExportVerification | null;
  readonly files: readonly ExportFile[];
  readonly zip: ArtifactReference | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** How a worker ends an export. */
export type ExportOutcome =
  | {
      readonly state: 'READY';
      readonly verification: ExportVerification;
      readonly files: readonly ExportFile[];
      readonly zip: ArtifactReference;
    }
  | {
      readonly state: 'FAILED';
      readonly message: string;
      /** What was measured before it failed. */
      readonly verification?: ExportVerification | undefined;
    };
