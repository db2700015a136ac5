import type { ExportState } from './exported-model.js';
import type { StudyState } from './study.js';
import type { DeviceIdentity, EpochReport, FinishedTrialState } from './trial.js';

/** What happened in a study, as it is written in the transaction of the change. */
export type StudyEvent =
  | { readonly type: 'trial.started'; readonly number: number; readonly workerId: string }
  | {
      readonly type: 'trial.reported';
      readonly number: number;
      readonly report: EpochReport;
      /** Epochs the trial was asked for. */
      readonly epochs: number;
    }
  | {
      readonly type: 'trial.finished';
      readonly number: number;
      readonly state: FinishedTrialState;
      readonly reason: string | null;
      readonly accuracy: number | null;
      readonly latencyP95Ms: number | null;
      readonly onFront: boolean;
    }
  | { readonly type: 'trial.requeued'; readonly number: number; readonly reason: string }
  /** A latency measured for the study is far from the profile's: the profile is measured anew before the next study. */
  | {
      readonly type: 'profile.drifted';
      readonly architecture: string;
      readonly device: DeviceIdentity;
      readonly batch: number;
      /** Medians. */
      readonly recordedMs: number;
      readonly measuredMs: number;
    }
  | { readonly type: 'study.state'; readonly state: StudyState }
  | { readonly type: 'export.state'; readonly exportId: string; readonly state: ExportState };

/** A stored event. Within one study the ids grow in the order of commit, so a reader that keeps the last id misses none. */
export interface StoredStudyEvent {
  readonly id: number;
  readonly at: Date;
  readonly event: StudyEvent;
}
