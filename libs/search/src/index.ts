export { accuracyInterval } from './accuracy-interval.js';
export { assessConstraints, violationOf } from './assess-constraints.js';
export type {
  ClaimDataset,
  ClaimRequest,
  ExportClaim,
  LeaseSettings,
  TrialClaim,
  TrialOutcome,
  TrialReuse,
  Verdict,
  WorkClaim,
} from './claim.js';
export { ClaimWork } from './claim-work.js';
export { ContinueTraining } from './continue-training.js';
export { CreateStudy } from './create-study.js';
export type { ClassCount, DatasetContent, DatasetRecord, DatasetRequest, DatasetState } from './dataset.js';
export { estimateStudyTime, type StudyLoad } from './estimate-study-time.js';
export type { ExportFile, ExportOutcome, ExportRecord, ExportState, ExportVerification } from './exported-model.js';
export { ImportDataset } from './import-dataset.js';
export { type ExportRequest, ManageExports } from './manage-exports.js';
export { ManageStudies } from './manage-studies.js';
export { type Constraint, type Direction, type MetricName, metricNames, type Objective } from './metric-name.js';
export type { Page, PageRequest } from './page.js';
export type { ArchitectureCatalog, KnownArchitecture } from './ports/architecture-catalog.js';
export type { CollectableBlobs } from './ports/collectable-blobs.js';
export type { DatasetRepository } from './ports/dataset-repository.js';
export type { EventLog } from './ports/event-log.js';
export type { ExportRepository, ReapedExport } from './ports/export-repository.js';
export type { FrontRepository } from './ports/front-repository.js';
export type { SearchRepositories, SearchStorage } from './ports/search-storage.js';
export type { StudyRepository } from './ports/study-repository.js';
export type { Continuation, ContinueRequest, Eviction, TrajectoryRepository } from './ports/trajectory-repository.js';
export type {
  Assessment,
  Heartbeat,
  LeaseRequest,
  NewTrial,
  ReapedTrial,
  ReportResult,
  TrialProfile,
  TrialQueue,
} from './ports/trial-queue.js';
export {
  type TrialDuration,
  type TrialHistory,
  type TrialListRequest,
  type TrialMetrics,
  type TrialRepository,
  trialSorts,
} from './ports/trial-repository.js';
export type { WorkerRegistry } from './ports/worker-registry.js';
export { type ParetoAnswer, type ParetoBounds, QueryPareto } from './query-pareto.js';
export { QueryStorage, type StorageReport } from './query-storage.js';
export { QueryTrials } from './query-trials.js';
export { QueryWorkers } from './query-workers.js';
export { rankTrials } from './rank-trials.js';
export { ReapLeases, type Sweep } from './reap-leases.js';
export { RunTrial } from './run-trial.js';
export { type SearchDistributions, searchDistributions } from './search-distributions.js';
export {
  LeaseLostError,
  NoFeasibleTrialError,
  ReportConflictError,
  type SearchErrorCode,
  StudyStateError,
  TrialNotExportableError,
} from './search-errors.js';
export {
  type EpochRange,
  type LearningRateRange,
  type RetrainDepth,
  retrainDepths,
  type SearchSpace,
  type TrialParameters,
} from './search-space.js';
export {
  type AlgorithmChoice,
  type LearningRateSchedule,
  nextStudyStates,
  type StudyRecord,
  type StudySpec,
  type StudyState,
  type StudyView,
  studyStates,
  type TrainingSettings,
} from './study.js';
export type { StoredStudyEvent, StudyEvent } from './study-event.js';
export { type StorageSweep, SweepStorage } from './sweep-storage.js';
export type {
  NewTrajectoryPoint,
  PointMeasures,
  StorageUsage,
  StoredBlobs,
  TrajectoryPoint,
} from './trajectory.js';
export {
  type ArtifactReference,
  type ConstraintViolation,
  type Device,
  type DeviceIdentity,
  type EpochReport,
  type FailReason,
  type FinishedTrialState,
  failReasons,
  nextTrialStates,
  type TrialMeasures,
  type TrialRecord,
  type TrialState,
  trialStates,
} from './trial.js';
export { createUseCases, type UseCaseDependencies, type UseCases } from './use-cases.js';
export type { WorkerRecord } from './worker-record.js';
