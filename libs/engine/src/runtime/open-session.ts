import { InferenceSession } from 'onnxruntime-node';
import { type EngineDevice, type ExecutionDevice, executionDevice } from './execution-device.js';

/** How a model is run. */
export interface SessionOptions {
  /** Of the processor, >= 1. @default ONNX Runtime's own choice: one a physical core */
  readonly threads?: number;
  /** @default the processor */
  readonly device?: EngineDevice;
  /**
   * Whether the model was optimised by an earlier session, or where this one shall write what it makes of it.
   * @default it was not, and nothing is written
   */
  readonly optimized?: 'already' | { readonly keepAs: string };
  /** Start of the path of a file that gets every node of the runs up to `endProfiling()`. @default none is written */
  readonly profilePrefix?: string;
  /** Where results are left, by output. @default in the processor's memory */
  readonly outputLocations?: Readonly<Record<string, 'cpu' | 'gpu-buffer'>>;
}

/**
 * Opens a model.
 *
 * Memory patterns are off: they trade memory (a quarter more on ResNet-18 at 224 px) for under a tenth of the time.
 *
 * @throws {RangeError} if threads is out of range, or the device is one of tfjs.
 */
export async function openSession(
  model: Uint8Array,
  { threads, device, optimized, profilePrefix, outputLocations }: SessionOptions = {},
): Promise<InferenceSession> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`threads is ${threads}, must be an integer >= 1`);
  }
  return InferenceSession.create(model, {
    executionProviders: providersOf(executionDevice(device)),
    graphOptimizationLevel: optimized === 'already' ? 'disabled' : 'all',
    ...(typeof optimized === 'object' ? { optimizedModelFilePath: optimized.keepAs } : {}),
    enableMemPattern: false,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    ...(outputLocations === undefined ? {} : { preferredOutputLocation: outputLocations }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
}

function providersOf({ provider, index }: ExecutionDevice): InferenceSession.ExecutionProviderConfig[] {
  if (provider === 'cpu') return ['cpu'];
  if (provider === 'webgpu') return ['webgpu', 'cpu'];
  return [{ name: 'cuda', deviceId: index }, 'cpu'];
}
