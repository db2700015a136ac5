import type { Claim } from '#api-contract';
import type { EngineDevice } from '#engine';
import type { WorkContext } from './leased-work.js';

/** What the worker's child is given to do. */
export interface WarmJob<Work extends Claim> {
  readonly claim: Work;
  readonly dataFolder: string;
  readonly threads: number;
  /** Where every session of the work runs. */
  readonly device: EngineDevice;
  /** Model of that device. */
  readonly deviceName: string;
  /** Of that device; null where it is not known. */
  readonly memoryBytes: number | null;
  /** What the process may keep in memory for later work. */
  readonly warmBytes: number;
  /** What kept features may take on disk. */
  readonly featureBytes: number;
}

/** The work of a claim as the worker's child is told of it. */
export function warmJob<Work extends Claim>(claim: Work, context: WorkContext): WarmJob<Work> {
  const { dataFolder, device, execution, warmBytes, featureBytes } = context;
  const { threads, name: deviceName, memoryBytes } = device;
  return { claim, dataFolder, threads, device: execution, deviceName, memoryBytes, warmBytes, featureBytes };
}
