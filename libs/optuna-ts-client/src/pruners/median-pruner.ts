/**
 * @file Stops a trial that is worse than the middle of those before it: the percentile pruner at 50.
 * Mirrors optuna/pruners/_median.py 5.0.0; differs as `percentile-pruner.ts` says, and the percentile can be another.
 */

import type { OptionSchemas } from '../option-schema.js';
import { PercentilePruner, type PercentilePrunerOptions, percentileOptions } from './percentile-pruner.js';

/** Options of `MedianPruner`; ranges and defaults stand in `medianOptions`. */
export type MedianPrunerOptions = PercentilePrunerOptions;

export const medianOptions = {
  ...percentileOptions,
  percentile: { ...percentileOptions.percentile, default: 50 },
} as const satisfies OptionSchemas;

/** `PercentilePruner` with the median as its bound. */
export class MedianPruner extends PercentilePruner {
  override readonly name = 'median';

  /** @throws {RangeError} if an option is outside its range. */
  constructor(options: MedianPrunerOptions = {}) {
    super({ ...options, percentile: options.percentile ?? medianOptions.percentile.default });
  }
}
