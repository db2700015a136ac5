import type { EngineDevice } from '#engine';
import type { Clock } from '#primitives';
import type { FeatureUse } from './feature-use.js';
import type { FeatureDtype, FeatureValues } from './feature-values.js';
import type { TrialPictures } from './load-pictures.js';
import type { StartedNetwork } from './start-network.js';
import type { WarmCache } from './warm-cache.js';

/** A network with pretrained weights, and the pictures it meets. */
export interface FrozenTask {
  readonly started: StartedNetwork;
  readonly pictures: TrialPictures;
  readonly dataset: { readonly version: string };
  /** How features are kept. @default {'fp32'} */
  readonly featureDtype?: FeatureDtype;
}

/** What the frozen blocks made of a view of the training pictures. */
export interface TrainingFeatures {
  /** Of one example. */
  readonly shape: readonly number[];
  /** [n, ...shape]. */
  readonly train: FeatureValues;
  /** What the training pictures took, whether now or earlier. */
  readonly trainSeconds: number;
}

/** What they made of the training and validation pictures as they are. */
export interface FrozenFeatures extends TrainingFeatures {
  readonly validation: FeatureValues;
  /** What the validation pictures took. */
  readonly evaluationSeconds: number;
}

/** What frozen work needs of the world. */
export interface FrozenTools {
  readonly clock: Clock;
  readonly cacheFolder: string;
  readonly warm: WarmCache;
  /** False: all of it is done here and now, and nothing is kept. */
  readonly isReused: boolean;
  /** Bytes that kept features may take on disk. @default {defaultFeatureBytes} */
  readonly featureBytes?: number;
  /** Threads of the device, >= 1. */
  readonly threads: number;
  /** @default the processor */
  readonly device?: EngineDevice;
  /** Told the seconds that compiling took in this process. */
  compiled(seconds: number): void;
  /** Told where the features came from. */
  counted?(use: FeatureUse): void;
}
