import type { InferenceSession } from 'onnxruntime-node';
import type { CompiledStep } from './compile-step.js';
import type { StepBatches } from './epoch-batches.js';
import type { TrainingPlan } from './training-plan.js';
import type { TrainingState } from './training-state.js';

/** What the steps of a run gave, one number each. */
export interface StepResults {
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
}

/** What runs steps. */
export interface StepTask {
  readonly plan: TrainingPlan;
  readonly compiled: CompiledStep;
  /** Over a graph of the step as the runner wants it. */
  readonly session: InferenceSession;
  readonly state: TrainingState;
}

/** A way to run the steps of a chunk one after the other. All give the same bits on one device. */
export interface StepRunner {
  run(chunk: StepBatches, learningRate: number): Promise<StepResults>;
  /** The state was given other values: what was made of the former ones is of no use. */
  restart(): void;
  /** Brings what the steps left into the state. */
  save(): Promise<void>;
  /** Frees the session. */
  release(): Promise<void>;
}
