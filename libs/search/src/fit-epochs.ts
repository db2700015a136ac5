import type { DeviceTrainingCost } from './cost/device-training-cost.js';
import type { LogNormal } from './cost/log-spread.js';
import type { EpochRange, SearchSpace, TrialParameters } from './search-space.js';

/** An uncertain figure refuses a trial only where even this many standard deviations less would be too long. */
const CAUTION = 0.67;

/**
 * A trial that can finish in the time left: as proposed, else with the most epochs of the space for which there is time.
 *
 * @param secondsLeft >= 0; Infinity without a limit.
 * @returns Null where not even the fewest epochs of the space can be finished.
 */
export function fitEpochs<Shape extends Pick<TrialParameters, 'architecture' | 'retrainDepth' | 'epochs'>>(
  parameters: Shape,
  epochs: SearchSpace['epochs'],
  cost: Pick<DeviceTrainingCost, 'candidate'>,
  secondsLeft: number,
): Shape | null {
  if (secondsLeft === Number.POSITIVE_INFINITY) return parameters;
  const { epoch, fixed, firstFixed } = cost.candidate(parameters);
  const shortest = (count: number) => atBest(firstFixed ?? fixed) + count * atBest(epoch);
  const fit = epochCounts(epochs)
    .filter((count) => count <= parameters.epochs && shortest(count) <= secondsLeft)
    .at(-1);
  return fit === undefined ? null : { ...parameters, epochs: fit };
}

/** Whether a trial that nobody may change can finish at least its first epoch in the time left. */
export function canBegin(
  parameters: Pick<TrialParameters, 'architecture' | 'retrainDepth' | 'epochs'>,
  cost: Pick<DeviceTrainingCost, 'candidate'>,
  secondsLeft: number,
): boolean {
  return fitEpochs({ ...parameters, epochs: 1 }, [1], cost, secondsLeft) !== null;
}

function atBest({ median, bias }: LogNormal): number {
  return median * Math.exp(-CAUTION * bias);
}

/** Every number of epochs of a space, ascending. */
export function epochCounts(epochs: SearchSpace['epochs']): readonly number[] {
  if (isList(epochs)) return [...epochs].sort((a, b) => a - b);
  const { low, high, step } = epochs;
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}

function isList(epochs: EpochRange | readonly number[]): epochs is readonly number[] {
  return Array.isArray(epochs);
}
