import { textTable } from '../../side/text-table.js';
import { type FeatureSize, featureImageSize, featureSizes } from './feature-sizes.js';
import { measureManifest } from './measure-manifest.js';
import { measurePlanner } from './measure-planner.js';
import { measureTables } from './measure-tables.js';
import type { MeasuredStep } from './measured-step.js';

/** What the bookkeeping of a large dataset and the whole zoo costs, and what its features would take. */
export interface LargeManifest {
  readonly images: number;
  readonly steps: readonly MeasuredStep[];
  readonly features: readonly FeatureSize[];
  /** Most memory that this process ever held. */
  readonly peakBytes: number;
}

/** Measures everything that depends on the number of pictures, networks and trials, but decodes and trains nothing. */
export async function measureLargeManifest(images: number): Promise<LargeManifest> {
  const steps = [...(await measureManifest(images)), ...(await measureTables()), ...(await measurePlanner())];
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { images, steps, features: await featureSizes(), peakBytes };
}

export function largeManifestText({ images, steps, features, peakBytes }: LargeManifest): string {
  return [
    `${images} pictures, bookkeeping alone (peak of the process ${mebibytes(peakBytes)} MiB)`,
    stepTable(steps),
    '',
    `features of ${images} pictures at ${featureImageSize} px, float32 (float16 takes half)`,
    featureTable(images, features),
  ].join('\n');
}

function stepTable(steps: readonly MeasuredStep[]): string {
  const lines = steps.map(({ step, seconds, heldBytes, diskBytes, note }) => [
    step,
    seconds.toFixed(3),
    heldBytes === null ? '' : mebibytes(heldBytes),
    diskBytes === null ? '' : mebibytes(diskBytes),
    note ?? '',
  ]);
  return textTable(['step', 'seconds', 'held MiB', 'disk MiB', ''], lines);
}

function featureTable(images: number, features: readonly FeatureSize[]): string {
  const lines = features.map(({ architecture, shallow, partial }) => [
    architecture,
    shallow,
    gibibytes(4 * shallow * images),
    partial,
    gibibytes(4 * partial * images),
    '',
  ]);
  return textTable(['network', 'shallow', 'GiB', 'partial', 'GiB', ''], lines);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(2);
}
