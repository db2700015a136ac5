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
  describeDistribution,
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
export { describeOption, type OptionSchema, type OptionSchemas } from './option-schema.js';
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
export { GpSampler, type GpSamplerOptions } from './samplers/gp/gp-sampler.js';
export { GridSampler, type GridSamplerOptions } from './samplers/grid/grid-sampler.js';
export type { CrossoverName } from './samplers/nsga2/crossover.js';
export { Nsga2Sampler, type Nsga2SamplerOptions } from './samplers/nsga2/nsga2-sampler.js';
export { PartialFixedSampler } from './samplers/partial-fixed-sampler.js';
export { QmcSampler, type QmcSamplerOptions } from './samplers/qmc/qmc-sampler.js';
export { RandomSampler } from './samplers/random-sampler.js';
export { createSampler, type SamplerEntry, samplers } from './samplers/registry.js';
export {
  type InternalParams,
  type Proposal,
  propose,
  type Sampler,
  type SamplerContext,
  samplerContext,
  type TrialHistory,
} from './samplers/sampler.js';
export type { TpeSamplerOptions } from './samplers/tpe/tpe-options.js';
export { TpeSampler } from './samplers/tpe/tpe-sampler.js';
export { firstUntried, untriedCount } from './samplers/untried.js';
export { intersectionSearchSpace, isCompatible, type SearchSpace, unionSearchSpace } from './search-space.js';
export type { NewTrial, Storage, StudyRecord, TrialClaimKey, TrialResult, TrialUpdate } from './storage.js';
export { Study, type StudyOptions, type TellInput } from './study.js';
export { type KnownResults, Trial } from './trial.js';
export { canBecome, type FinishedState, isFinished, nextStates, type TrialState } from './trial-state.js';
