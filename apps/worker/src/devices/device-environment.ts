import type { Environment } from '../config.js';

/** What a child process sees: CUDA counts the cards by their PCI addresses, as `nvidia-smi` does, not by their speed. */
export function deviceEnvironment(environment: Environment): Environment {
  return { ...environment, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' };
}
