export { accuracyInterval } from './accuracy-interval.js';
export { assessConstraints, violationOf } from './assess-constraints.js';
export type {
  ClaimDataset,
  ClaimProfile,
  ClaimRequest,
  ExportClaim,
  LeaseSettings,
  ProbeClaim,
  ProfileClaim,
  TrialClaim,
  TrialOutcome,
  TrialReuse,
  Verdict,
  WorkClaim,
} from './claim.js';
export { ClaimWork } from './claim-work.js';
export { ContinueTraining } from './continue-training.js';
export {
  type CandidateCost,
  type CostSource,
  DeviceTrainingCost,
  type TrainingCostKnowledge,
} from './cost/device-training-cost.js';
export { interval90, type LogNormal, type LogSpread, MOST_COUNTED, SHORTEST_SECONDS } from './cost/log-spread.js';
export {
  type CostDevice,
  costDeviceOf,
  type TrainingCostKey,
  type TrainingCostRecord,
  type TrialSeconds,
} from './cost/training-cost-record.js';
export { TrainingCosts } from './cost/training-costs.js';
export { CreateStudy } from './create-study.js';
export type { ClassCount, DatasetContent, DatasetRecord, DatasetRequest, DatasetState } from './dataset.js';
export { trialMix } from './eta/draw-trials.js';
export { type StudyForecast, type StudyOutlook, simulateStudy } from './eta/simulate-study.js';
export type { ExportFile, ExportOutcome, ExportRecord, ExportState, ExportVerification } from './exported-model.js';
export { ImportDataset } from './import-dataset.js';
export { type ExportRequest, ManageExports } from './manage-exports.js';
export { ManagePreparations } from './manage-preparations.js';
export { ManageStudies } from './manage-studies.js';
export { type Constraint, type Direction, type MetricName, metricNames, type Objective } from './metric-name.js';
export type { Page, PageRequest } from './page.js';
export { PlanStudy, type StudyPlan } from './plan-study.js';
export type { ArchitectureCatalog, KnownArchitecture } from './ports/architecture-catalog.js';
export type { CollectableBlobs } from './ports/collectable-blobs.js';
export type { DatasetRepository } from './ports/dataset-repository.js';
export type { EventLog } from './ports/event-log.js';
export type { ExportRepository, ReapedExport } from './ports/export-repository.js';
export type { FrontRepository } from './ports/front-repository.js';
export type {
  LatencyObservation,
  PreparationOutcome,
  PreparationRepository,
  ProfileFilter,
} from './ports/preparation-repository.js';
export type { SearchRepositories, SearchStorage } from './ports/search-storage.js';
export type { StudyRepository } from './ports/study-repository.js';
export type { TrainingCostRepository } from './ports/training-cost-repository.js';
export type { Continuation, ContinueRequest, Eviction, TrajectoryRepository } from './ports/trajectory-repository.js';
export type {
  Assessment,
  Heartbeat,
  LeaseRequest,
  NewTrial,
  ReapedTrial,
  ReportResult,
  Sign,
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
export type {
  ArchitectureProfile,
  BatchLatency,
  PreparationKey,
  PreparationRecord,
  ProbeKey,
  ProbeScore,
  ProfileDrift,
  ProfileKey,
} from './preparation.js';
export { normalKey, preparationDigest } from './preparation-digest.js';
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
  type AskedStudySpec,
  type Augmentation,
  type LearningRateSchedule,
  nextStudyStates,
  type StudyBudget,
  type StudyEta,
  type StudyRecord,
  type StudySpec,
  type StudyState,
  type StudyView,
  studyStates,
  type TrainingSettings,
} from './study.js';
export { type BudgetLeft, type BudgetLimit, budgetLeft, MOST_TRIALS } from './study-budget.js';
export type { StoredStudyEvent, StudyEvent } from './study-event.js';
export { checkSampler, type StudySampler, studySamplers } from './study-samplers.js';
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
