export { EagerBackendError } from './eager/eager-backend-error.js';
export { type Latency, type LatencyOptions, measureLatency } from './latency/measure-latency.js';
export { type ClassifierExport, exportClassifier } from './onnx/export-classifier.js';
export { type Classification, type Classifier, type ImageBatch, loadClassifier } from './onnx/load-classifier.js';
export {
  fitLinearProbe,
  type LinearProbe,
  NonFiniteFeatureError,
  type ProbeOptions,
  type ProbeProblem,
} from './probe/fit-linear-probe.js';
export { logMe } from './probe/log-me.js';
export { createInference } from './runtime/create-inference.js';
export { DeviceMemoryError } from './runtime/device-memory-error.js';
export { type ExampleRows, type Examples, readExample } from './runtime/example-rows.js';
export {
  cpu,
  type EagerDevice,
  type EagerProvider,
  type EngineDevice,
  type ExecutionDevice,
  type ExecutionProvider,
  eagerProviders,
  isEagerDevice,
} from './runtime/execution-device.js';
export { compileInference, type Inference, type InferencePlan } from './runtime/inference.js';
export type { NodePlacement } from './runtime/node-placement.js';
export { type DeviceProbe, probeDevice } from './runtime/probe-device.js';
export type { ForwardContext, ForwardFunction } from './trace/forward-context.js';
export { UnsupportedKernelError } from './trace/unsupported-kernel-error.js';
export { compileTrainer } from './train/compile-trainer.js';
export { createTrainer } from './train/create-trainer.js';
export { DivergedError } from './train/diverged-error.js';
export {
  compileFittedTrainer,
  largestBatch,
  type StepMemory,
  stepMemory,
} from './train/fit-batch.js';
export type {
  EpochOptions,
  EpochResult,
  Trainer,
  TrainerOptions,
  TrainingData,
  TrainingPlan,
  TrainingStart,
} from './train/training-plan.js';
