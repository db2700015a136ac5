import type { Device } from '#api-contract';
import type { EagerDevice } from '#engine';
import type { Environment } from '../config.js';
import { tensorflowEnvironment } from '../tensorflow-environment.js';
import { findPackage, type TensorflowProvider, tensorflowPackages } from '../tensorflow-package.js';

/** What the children of a worker on one of TensorFlow's devices are given in place of the usual. */
export interface TensorflowSetting {
  readonly execution: EagerDevice;
  readonly childEnvironment: Environment;
}

/** @returns Nothing for any other device. */
export function tensorflowSetting(
  { class: deviceClass, index, threads }: Device,
  data: string,
  environment: Environment,
): TensorflowSetting | undefined {
  if (!(deviceClass in tensorflowPackages)) return undefined;
  const provider = deviceClass as TensorflowProvider;
  const found = findPackage(data, provider);
  return {
    execution: { provider, index, ...(found && { packageFolder: found.packageFolder }) },
    childEnvironment: found
      ? { ...environment, ...tensorflowEnvironment(found, { environment, threads, gpu: index }) }
      : environment,
  };
}
