import { createHash } from 'node:crypto';
import type { TrialClaim } from '#api-contract';
import type { EngineDevice } from '#engine';
import { libraryVersions } from './export-config.js';
import { type PictureViews, viewsOf } from './picture-views.js';
import type { StartedNetwork } from './start-network.js';

/** Everything that decides the bytes of a training but how many epochs it has. */
export interface TrajectoryParts {
  readonly architecture: string;
  readonly retrainDepth: string;
  /** Name of the first trained block. */
  readonly cut: string;
  /** Null for `scratch`. The name stands in the checkpoint, so it is part of its bytes. */
  readonly weights: { readonly name: string; readonly sha256: string } | null;
  /** In order: the order of the logits. */
  readonly classes: readonly string[];
  readonly preprocessing: unknown;
  /** Covers pictures, labels and split. */
  readonly datasetVersion: string;
  readonly optimizer: { readonly name: 'sgd'; readonly momentum: number; readonly weightDecay: number };
  readonly learningRate: number;
  readonly schedule: unknown;
  /** Absent: every epoch sees the pictures as they are. */
  readonly augmentation?: PictureViews;
  /** Absent: fp32, or no features are read. */
  readonly featureDtype?: 'fp16';
  /** Of the steps that are really made. */
  readonly batchSize: number;
  readonly seed: number;
  readonly headInit: 'probe' | 'random';
  readonly versions: Readonly<Record<string, string>>;
  /** Sums are added up in another order with other threads, on another class of device, or by another model of one. */
  readonly threads: number;
  readonly device: { readonly provider: string; readonly name: string };
}

/** What of the parts the machine decides. */
export interface TrajectoryMachine {
  readonly threads: number;
  /** @default the processor */
  readonly device?: EngineDevice;
  /** Model of the device. */
  readonly deviceName: string;
}

/**
 * The parts of a claim's training.
 *
 * @param cut First trained block.
 * @param batchSize Examples of a step, as many as fit the device and the pictures.
 */
export function trajectoryParts(
  { parameters, training, dataset, seed }: Pick<TrialClaim, 'parameters' | 'training' | 'dataset' | 'seed'>,
  { network, weights, image }: StartedNetwork,
  cut: number,
  batchSize: number,
  { threads, device, deviceName }: TrajectoryMachine,
): TrajectoryParts {
  const augmentation = viewsOf(training);
  const readsFeatures = weights !== null && (cut > 0 || training.headInit === 'probe');
  return {
    architecture: parameters.architecture,
    retrainDepth: parameters.retrainDepth,
    cut: network.blocks[cut].name,
    weights: weights && { name: weights.name, sha256: weights.sha256 },
    classes: dataset.classes,
    preprocessing: image,
    datasetVersion: dataset.version,
    optimizer: { name: 'sgd', momentum: training.momentum, weightDecay: training.weightDecay },
    learningRate: parameters.learningRate,
    schedule: training.schedule,
    ...(augmentation && { augmentation }),
    ...(readsFeatures && training.featureDtype === 'fp16' && { featureDtype: training.featureDtype }),
    batchSize,
    seed,
    headInit: weights ? training.headInit : 'random',
    versions: libraryVersions(),
    threads,
    device: { provider: device?.provider ?? 'cpu', name: deviceName },
  };
}

/** SHA-256 of the parts, the same for every order of their keys; lower-case hexadecimal. */
export function trajectoryKey(parts: TrajectoryParts): string {
  return createHash('sha256').update(JSON.stringify(parts, sortKeys)).digest('hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
