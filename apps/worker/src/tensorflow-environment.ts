import { delimiter } from 'node:path';
import type { Environment } from './config.js';
import type { TensorflowPackage } from './tensorflow-package.js';

/** How a package is used. */
export interface TensorflowUse {
  /** What the process would see otherwise. */
  readonly environment: Environment;
  /** Of the processor, >= 1. @default TensorFlow's own choice: one a core */
  readonly threads?: number;
  /** Of the GPUs that the process would see, from 0. */
  readonly gpu?: number;
}

/** What the environment of a process that runs on a package must hold from its start, besides `environment`. */
export function tensorflowEnvironment(
  { tensorflowFolder, provider }: Pick<TensorflowPackage, 'tensorflowFolder' | 'provider'>,
  { environment, threads, gpu = 0 }: TensorflowUse,
): Record<string, string> {
  const libraries = [tensorflowFolder, environment.LD_LIBRARY_PATH].filter((path) => path).join(delimiter);
  const visible = environment.CUDA_VISIBLE_DEVICES?.split(',')[gpu]?.trim() ?? String(gpu);
  return {
    ...(tensorflowFolder === null ? {} : { LD_LIBRARY_PATH: libraries }),
    ...(threads === undefined ? {} : { TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: '1' }),
    ...(provider === 'tfjs-node-gpu' ? { CUDA_VISIBLE_DEVICES: visible } : {}),
    TF_DETERMINISTIC_OPS: '1',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true', // else it takes the whole card
    TF_CPP_MIN_LOG_LEVEL: '2', // errors only
  };
}
