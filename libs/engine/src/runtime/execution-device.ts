/** Execution providers of ONNX Runtime that run a whole training or inference: the processor, any GPU, NVIDIA's. */
export type ExecutionProvider = 'cpu' | 'webgpu' | 'cuda';

/** Where a compiled graph runs. */
export interface ExecutionDevice {
  readonly provider: ExecutionProvider;
  /** Which of the provider's devices, from 0. WebGPU has one: the adapter that the system prefers. */
  readonly index: number;
}

/** The processor: where everything runs that names no device. */
export const cpu: ExecutionDevice = { provider: 'cpu', index: 0 };

/** Backends of tfjs that run op by op: plain JavaScript (a reference, slow), TensorFlow on the processor, on NVIDIA's. */
export const eagerProviders = ['tfjs-cpu', 'tfjs-node', 'tfjs-node-gpu'] as const;
export type EagerProvider = (typeof eagerProviders)[number];

/** Where the same code runs op by op, without a graph. */
export interface EagerDevice {
  readonly provider: EagerProvider;
  /** From 0; which GPU it is for `tfjs-node-gpu` is decided before the process starts, by `CUDA_VISIBLE_DEVICES`. */
  readonly index: number;
  /** Folder of the package (`…/node_modules/@tensorflow/tfjs-node`). @default the one that is installed beside Retune */
  readonly packageFolder?: string;
}

/** Whatever a plan can run on. */
export type EngineDevice = ExecutionDevice | EagerDevice;

export function isEagerDevice(device: EngineDevice): device is EagerDevice {
  return eagerProviders.some((provider) => provider === device.provider);
}

/**
 * The device of a plan that shall be compiled, the processor if it names none.
 *
 * @throws {RangeError} for a device of tfjs, on which nothing is compiled.
 */
export function executionDevice(device: EngineDevice = cpu): ExecutionDevice {
  if (!isEagerDevice(device)) return device;
  throw new RangeError(`device is ${device.provider}, must be cpu, webgpu or cuda for a compiled graph`);
}
