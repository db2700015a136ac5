import type { NodePlacement } from '#engine';

/** What is measured: a training step, a batch of four, the frozen prefix's batch, an epoch of the head on cached features. */
export const kinds = ['training', 'inference', 'frozen', 'head'] as const;
export type Kind = (typeof kinds)[number];

/** A network at a size and thread count; its rows share their processes. */
export interface Scene {
  readonly network: string;
  /** Side of a picture, pixels. */
  readonly size: number;
  readonly threads: number;
}

/** One row's work, for one side. */
export interface Workload extends Omit<Scene, 'threads'> {
  /** @default each side's own choice */
  readonly threads?: number;
  readonly kind: Kind;
  readonly batch: number;
  readonly classes: number;
  /** Of PyTorch alone. */
  readonly format?: TorchFormat;
  /** Shape of one example's features as torch has them, of a head alone. */
  readonly features?: readonly number[];
  /** Where our engine keeps what compiling made. @default nowhere */
  readonly cacheFolder?: string;
  /** Cached examples, of a head alone. */
  readonly examples?: number;
}

export const torchFormats = ['contiguous', 'channels_last'] as const;
export type TorchFormat = (typeof torchFormats)[number];

/** Answer to `{"prepare": workload}`. */
export interface Prepared {
  /** Of our engine. */
  readonly compileMs?: number;
  /** Whether ONNX Runtime's part of compiling was found in the cache folder. */
  readonly fromCache?: boolean;
  /** What a device other than the processor leaves to it. */
  readonly nodesOnCpu?: readonly NodePlacement[];
  /** Of one result of an inference of our engine, channels last. */
  readonly outputShape?: readonly number[];
}

/** Answer to `{"run": n}`. */
export interface RunAnswer {
  readonly seconds: number;
  readonly peakBytes: number;
}
