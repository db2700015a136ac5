import type { SearchSpace } from '../search-space.js';

/**
 * The epochs at which a trial is looked at: the fewest allowed, then about the double of the rung before, the most allowed
 * last.
 *
 * @returns Rising, each allowed by the space.
 */
export function epochRungs(epochs: SearchSpace['epochs']): number[] {
  const allowed = allowedEpochs(epochs);
  const rungs = [allowed[0]];
  for (const [index, count] of allowed.entries()) {
    const last = rungs[rungs.length - 1];
    // A rung just below the last one would buy a look for nearly the price of the whole.
    const isEnd = index === allowed.length - 1;
    if (count > last && (isEnd || (count >= 2 * last && allowed[allowed.length - 1] >= 1.5 * count))) rungs.push(count);
  }
  return rungs;
}

/** The most epochs that a trial of the space may have. */
export function mostEpochs(epochs: SearchSpace['epochs']): number {
  const allowed = allowedEpochs(epochs);
  return allowed[allowed.length - 1];
}

function allowedEpochs(epochs: SearchSpace['epochs']): number[] {
  if (!('low' in epochs)) return [...new Set(epochs)].sort((a, b) => a - b);
  const { low, high, step } = epochs;
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}
