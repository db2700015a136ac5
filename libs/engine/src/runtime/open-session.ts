import { InferenceSession } from 'onnxruntime-node';
import { cpu, type ExecutionDevice } from './execution-device.js';

/** How a model is run. */
export interface SessionOptions {
  /** Of the processor, >= 1. @default ONNX Runtime's own choice: one a physical core */
  readonly threads?: number;
  /** @default the processor */
  readonly device?: ExecutionDevice;
  /**
   * Whether the model was optimised by an earlier session, or where this one shall write what it makes of it.
   * @default it was not, and nothing is written
   */
  readonly optimized?: 'already' | { readonly keepAs: string };
  /** Start of the path of a file that gets every node of the runs up to `endProfiling()`. @default none is written */
  readonly profilePrefix?: string;
}

/**
 * Opens a model.
 *
 * Memory patterns are off: they trade memory (a quarter more on ResNet-18 at 224 px) for under a tenth of the time.
 *
 * @throws {RangeError} if threads is out of range.
 */
export async function openSession(
  model: Uint8Array,
  { threads, device = cpu, optimized, profilePrefix }: SessionOptions = {},
): Promise<InferenceSession> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`threads is ${threads}, must be an integer >= 1`);
  }
  return InferenceSession.create(model, {
    executionProviders: providersOf(device),
    graphOptimizationLevel: optimized === 'already' ? 'disabled' : 'all',
    ...(typeof optimized === 'object' ? { optimizedModelFilePath: optimized.keepAs } : {}),
    enableMemPattern: false,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
}

function providersOf({ provider, index }: ExecutionDevice): InferenceSession.ExecutionProviderConfig[] {
  if (provider === 'cpu') return ['cpu'];
  if (provider === 'webgpu') return ['webgpu', 'cpu'];
  return [{ name: 'cuda', deviceId: index }, 'cpu'];
}
