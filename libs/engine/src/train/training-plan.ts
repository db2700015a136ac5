import type { NamedTensor, Shape } from '#primitives';
import type { Examples } from '../runtime/example-rows.js';
import type { EngineDevice } from '../runtime/execution-device.js';
import type { NodePlacement } from '../runtime/node-placement.js';
import type { ForwardFunction } from '../trace/forward-context.js';

/** Everything that decides what a training does; two equal plans train to the same bytes. */
export interface TrainingPlan {
  /** Maps [batchSize, ...inputShape] to logits [batchSize, classes]; always called with `context.training` true. */
  readonly forward: ForwardFunction;
  /** Initial values of everything `forward` reads, in tfjs layout. Names are unique. */
  readonly tensors: readonly NamedTensor[];
  /** Momentum of an earlier training to go on from, by parameter name. @default zeros */
  readonly slots?: readonly NamedTensor[];
  /** True for the tensors the optimizer updates. Running statistics are updated by `batchNorm`, all others stay constant. */
  trainable(name: string): boolean;
  /** Of one example, e.g. `[64, 64, 3]` for a picture (NHWC) or `[512]` for features. */
  readonly inputShape: Shape;
  /** Number of classes, >= 2. */
  readonly classes: number;
  /** Examples per step, >= 1. */
  readonly batchSize: number;
  /** Momentum of SGD, in [0, 1). */
  readonly momentum: number;
  /** L2 penalty that is added to the gradient of every trainable tensor (torch's `weight_decay`), >= 0. */
  readonly weightDecay: number;
  /** Decides the order of examples and the dropout masks. Integer in [0, 2³²). */
  readonly seed: number;
  /** Threads of one training step. @default ONNX Runtime's own choice: one a physical core */
  readonly threads?: number;
  /** Where the steps run. @default the processor */
  readonly device?: EngineDevice;
}

/** Where a training begins: all of a plan that its compiled step does not depend on. */
export type TrainingStart = Pick<TrainingPlan, 'tensors' | 'slots' | 'seed'>;

/** Examples to train on. */
export interface TrainingData {
  /** [n, ...inputShape], row-major. */
  readonly inputs: Examples;
  /** [n], each in [0, classes). */
  readonly labels: Int32Array;
}

/** How one epoch is run. */
export interface EpochOptions {
  /** Which epoch of the training this is, from 0; decides order and masks together with the plan's seed. */
  readonly epoch: number;
  /** > 0. */
  readonly learningRate: number;
  /** Told after every chunk of steps; `done` counts the steps of this epoch. */
  onStep?(done: number, total: number): void;
}

/** What one epoch gave. */
export interface EpochResult {
  /** Mean of what the epoch's steps minimise (see `ForwardContext.auxiliary`), each measured before its update, nats. */
  readonly loss: number;
  /** Share of training examples classified right, each measured before its step's update, 0–1. */
  readonly accuracy: number;
  readonly steps: number;
  readonly seconds: number;
}

/** How a trainer runs; none of it changes a bit of the result but the memory, where it lowers the batch. */
export interface TrainerOptions {
  /** What the plan's device has, where that is known and not the processor: see `compileFittedTrainer`. */
  readonly memoryBytes?: number;
  /** Folder that keeps what compiling made, for processes to come; see `openThroughCache`. @default none */
  readonly cacheFolder?: string;
  /** Steps of one run of the session at most. @default chosen so that a run takes about a second */
  readonly maxStepsPerRun?: number;
  /** How steps are run on the processor; the result is the same. @default by the size of the state */
  readonly stepping?: 'looped' | 'single' | 'gradients';
}

/** A training whose state lives in it. Not for concurrent use: await one call before the next. */
export interface Trainer {
  /** Examples of a step: the plan's, or fewer where its device has not the memory. Part of what decides the result. */
  readonly batchSize: number;
  /**
   * Tracing, lowering and session creation, ms; on a device other than the processor a first step as well, and of an
   * eager training the loading of its backend.
   */
  readonly compileMs: number;
  /** Whether onnxruntime's part of compiling was found in the cache folder. */
  readonly fromCache: boolean;
  /**
   * What the plan's device leaves to the processor, by operator; empty where that device is the processor. A step on
   * WebGPU leaves it nothing.
   */
  readonly nodesOnCpu: readonly NodePlacement[];
  /** What it holds while it trains, by an estimate from its graph; 0 of an eager one, whose backend does not say. */
  readonly memoryBytes: number;
  /**
   * Begins another training with the same step: neither trace nor session is made again, and the results are those of a
   * new trainer, to the bit. Also after a `DivergedError`.
   *
   * @throws {RangeError} if tensors differ from the plan's by name or shape, one that nobody updates also by value.
   * @throws {TypeError} if the trainer was disposed.
   */
  restart(start: TrainingStart): void;
  /**
   * Trains one epoch in the order given by (seed, epoch); the last incomplete batch is dropped.
   *
   * @throws {RangeError} if there are fewer examples than `batchSize`, or a label or length is wrong.
   * @throws {DivergedError} if a loss is not finite; the state is then of no use.
   */
  trainEpoch(data: TrainingData, options: EpochOptions): Promise<EpochResult>;
  /** Current values of the plan's tensors, in its order and layout; copies. */
  tensors(): NamedTensor[];
  /** The same without copying, for readers that are done before the next call: `trainEpoch` and `restart` write over it. */
  current(): readonly NamedTensor[];
  /** Current momentum of every trainable tensor, under the tensor's name; copies. */
  slots(): NamedTensor[];
  /** Frees the session or the tensors. Idempotent; later calls of `trainEpoch` throw. */
  dispose(): Promise<void>;
}
