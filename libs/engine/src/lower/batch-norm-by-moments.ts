import { combine } from './elementwise.js';
import { channelsFirst, type Lowered } from './lowered.js';
import type { LoweringContext } from './lowering-context.js';
import { reduce } from './reduce.js';

/**
 * Batch norm on batch statistics for targets whose BatchNormalization has no training mode. The variance is the mean of
 * squared deviations: E[x²] - E[x]² would cancel where the mean is large. Results are y, mean and population variance.
 */
export function batchNormByMoments(
  g: LoweringContext,
  x: Lowered,
  scale: Lowered,
  offset: Lowered,
  epsilon: number,
): Lowered[] {
  const source = g.dense(x, channelsFirst);
  const axes = [0, 1, 2];
  const mean = reduce(g, 'ReduceMean', source, axes, false);
  const deviation = combine(g, 'Sub', [source, mean]);
  const variance = reduce(g, 'ReduceMean', combine(g, 'Mul', [deviation, deviation]), axes, false);
  const spread = combine(g, 'Add', [variance, g.filled(epsilon)]);
  const inverse = g.op('Reciprocal', [g.op('Sqrt', [spread.id], spread).id], spread);
  const normalised = combine(g, 'Mul', [deviation, combine(g, 'Mul', [scale, inverse])]);
  return [combine(g, 'Add', [normalised, offset]), mean, variance];
}
