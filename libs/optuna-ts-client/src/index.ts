export { type ActiveParameters, activeParameters, spaceOf } from './active-parameters.js';
export {
  type ConditionalSpace,
  casesOf,
  checkSpace,
  isCases,
  isFlat,
  type SpaceCase,
  type SpaceCondition,
} from './conditional-space.js';
export { type CopyStudyInput, copyStudy } from './copy-study.js';
export { type CreateTrialInput, createTrial } from './create-trial.js';
export { categoricalDistribution } from './distributions/categorical-distribution.js';
export type {
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  IntDistribution,
  ParamValue,
} from './distributions/distribution.js';
export { distributionToJson, jsonToDistribution } from './distributions/distribution-json.js';
export { floatDistribution } from './distributions/float-distribution.js';
export { intDistribution } from './distributions/int-distribution.js';
export {
  cardinality,
  contains,
  containsValue,
  describeDistribution,
  nearestValue,
  toExternalRepr,
  toInternalRepr,
} from './distributions/internal-representation.js';
export {
  DuplicatedStudyError,
  GridExhaustedError,
  type OptunaErrorCode,
  StaleAttemptError,
  TrialStateError,
} from './errors.js';
export { FixedTrial } from './fixed-trial.js';
export {
  type Direction,
  type FrozenTrial,
  type JsonValue,
  lastStep,
  toInternalParams,
  toLosses,
  violationOf,
} from './frozen-trial.js';
export { InMemoryStorage } from './in-memory-storage.js';
export type { AskAndTell, Objective, ObjectiveResult, OptimizeOptions } from './optimize.js';
export { describeOption, type OptionSchema, type OptionSchemas, parseOptions } from './option-schema.js';
export { toPriorTrials } from './prior-trials.js';
export { HyperbandPruner, type HyperbandPrunerOptions } from './pruners/hyperband-pruner.js';
export { MedianPruner, type MedianPrunerOptions } from './pruners/median-pruner.js';
export { NopPruner } from './pruners/nop-pruner.js';
export { ParetoPruner, type ParetoPrunerOptions } from './pruners/pareto-pruner.js';
export { PatientPruner, type PatientPrunerOptions } from './pruners/patient-pruner.js';
export { PercentilePruner, type PercentilePrunerOptions } from './pruners/percentile-pruner.js';
export type { PruneDecision, Pruner, PrunerContext, PrunerReads, RunningTrial } from './pruners/pruner.js';
export { createPruner, type PrunerEntry, pruners } from './pruners/registry.js';
export { SuccessiveHalvingPruner, type SuccessiveHalvingPrunerOptions } from './pruners/successive-halving-pruner.js';
export { ThresholdPruner, type ThresholdPrunerOptions } from './pruners/threshold-pruner.js';
export { WilcoxonPruner, type WilcoxonPrunerOptions } from './pruners/wilcoxon-pruner.js';
export { AutoSampler, type AutoSamplerOptions } from './samplers/auto-sampler.js';
export { CmaesSampler, type CmaesSamplerOptions } from './samplers/cmaes/cmaes-sampler.js';
export { type Box, nonDominatedBoxes } from './samplers/gp/box-decomposition.js';
export { CholeskyFactor } from './samplers/gp/cholesky-factor.js';
export { GpSampler, type GpSamplerOptions } from './samplers/gp/gp-sampler.js';
export { GridSampler, type GridSamplerOptions } from './samplers/grid/grid-sampler.js';
export type { CrossoverName } from './samplers/nsga2/crossover.js';
export { Nsga2Sampler, type Nsga2SamplerOptions } from './samplers/nsga2/nsga2-sampler.js';
export { PartialFixedSampler } from './samplers/partial-fixed-sampler.js';
export { propose } from './samplers/propose.js';
export { QmcSampler, type QmcSamplerOptions } from './samplers/qmc/qmc-sampler.js';
export { RandomSampler } from './samplers/random-sampler.js';
export { createSampler, type SamplerEntry, samplers } from './samplers/registry.js';
export {
  type InternalParams,
  type Proposal,
  type Sampler,
  type SamplerContext,
  samplerContext,
  type TrialHistory,
} from './samplers/sampler.js';
export type { TpeSamplerOptions } from './samplers/tpe/tpe-options.js';
export { TpeSampler } from './samplers/tpe/tpe-sampler.js';
export { firstUntried, untriedCount } from './samplers/untried.js';
export { UntriedConfigurations } from './samplers/untried-configurations.js';
export { intersectionSearchSpace, isCompatible, type SearchSpace, unionSearchSpace } from './search-space.js';
export { jsonToSpace, spaceToJson } from './space-json.js';
export type {
  NewTrial,
  Storage,
  StudyRecord,
  StudyUpdate,
  TrialClaimKey,
  TrialResult,
  TrialUpdate,
} from './storage.js';
export { type EnqueueOptions, Study, type StudyOptions, type TellOptions } from './study.js';
export { getAllStudySummaries, type StudySummary } from './study-summary.js';
export type { TellInput } from './tell-input.js';
export { type KnownResults, Trial } from './trial.js';
export { canBecome, type FinishedState, isFinished, nextStates, type TrialState } from './trial-state.js';
