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
