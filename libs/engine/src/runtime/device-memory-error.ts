import { DomainError } from '#primitives';
import type { ExecutionDevice } from './execution-device.js';

/** What is known about a model that does not fit. */
export interface MemoryShortage {
  /** What the model needs by an estimate, bytes. */
  readonly neededBytes?: number;
  /** Examples per step. */
  readonly batchSize?: number;
  /** The largest batch that fits; 0 where not even one example does. */
  readonly largestBatch?: number;
}

/** A device has too little memory for a model. */
export class DeviceMemoryError extends DomainError {
  readonly code = 'DEVICE_MEMORY';

  constructor(
    readonly device: ExecutionDevice,
    readonly shortage: MemoryShortage = {},
    options?: ErrorOptions,
  ) {
    super(describe(device, shortage), options);
  }
}

function describe(
  { provider, index }: ExecutionDevice,
  { neededBytes, batchSize, largestBatch }: MemoryShortage,
): string {
  const model = batchSize === undefined ? 'the model' : `batchSize ${batchSize}`;
  const need = neededBytes === undefined ? '' : `, which needs about ${Math.ceil(neededBytes / 2 ** 20)} MiB`;
  const fits = largestBatch === 0 ? 'not even a batch of 1 fits' : `the largest that fits is ${largestBatch}`;
  return `Device ${provider}:${index} has too little memory for ${model}${need}${largestBatch === undefined ? '' : `: ${fits}`}`;
}

/**
 * Whether an error of ONNX Runtime means that memory ran out. WebGPU logs that a buffer cannot be had, goes on, and refuses
 * it as invalid where it is used first; the other providers name the allocation.
 */
export function isOutOfMemory(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return [
    /out[ _]of[ _](device[ _]|host[ _])?memory/i,
    /\[Invalid Buffer/,
    /exceeds the max buffer size limit|exceeding maxStorageBufferBindingSize/,
    /bad_?alloc/,
    /failed to allocate memory/i,
  ].some((pattern) => pattern.test(message));
}
