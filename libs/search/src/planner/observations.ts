import type { TrialHistory } from '../ports/trial-repository.js';
import type { TrialParameters } from '../search-space.js';
import type { BeliefPoint, Observation } from './accuracy-belief.js';
import { countingVariance, toScale } from './accuracy-scale.js';
import { configurationKey, groupKey } from './trial-progress.js';

/** Where a trial stands in what accuracies are believed of. */
export function pointOf({ architecture, retrainDepth, learningRate, epochs }: TrialParameters): BeliefPoint {
  return { architecture, retrainDepth, rate: Math.log10(learningRate), epoch: epochs };
}

/** A training that diverges is worth this little, give or take, on the scale of `toScale`. */
const DIVERGED = { value: 0.5, variance: 0.15 ** 2 };
/** What an accuracy on other pictures says of one on these. */
const OTHER_PICTURES = 0.08 ** 2;

/**
 * What the trials of a study tell of accuracies: COMPLETE ones at their epochs, PRUNED ones where they stopped, diverged
 * ones that it does not work.
 *
 * @param history In order of the number.
 */
export function observationsOf(history: readonly TrialHistory[]): Observation[] {
  const repeats = new Map<string, number>();
  return history.flatMap(({ parameters, state, failReason, metrics, curve, validationImages }): Observation[] => {
    const point = pointOf(parameters);
    const key = configurationKey(parameters);
    if (state === 'FAIL') return failReason === 'diverged' ? [{ point, ...DIVERGED }] : [];
    if (state !== 'COMPLETE' && state !== 'PRUNED') return [];
    const repeat = repeats.get(`${key} ${parameters.epochs}`) ?? 0;
    repeats.set(`${key} ${parameters.epochs}`, repeat + 1);
    const [epoch, accuracy] = state === 'COMPLETE' ? [parameters.epochs, metrics.accuracy] : (curve.at(-1) ?? []);
    if (epoch === undefined || accuracy === undefined || !Number.isFinite(accuracy)) return [];
    return [
      {
        point: { ...point, epoch, trajectory: `${key} ${repeat}` },
        value: toScale(accuracy),
        variance: countingVariance(validationImages),
      },
    ];
  });
}

/** What trials of earlier studies tell: they were measured on other pictures. @param weight In (0, 1]. */
export function earlierObservationsOf(earlier: readonly TrialHistory[], weight: number): Observation[] {
  return observationsOf(earlier).map(({ point: { trajectory, ...point }, value, variance }) => ({
    point,
    value,
    variance: (variance + OTHER_PICTURES) / weight,
  }));
}

/**
 * As many observations as a process can take, the telling ones: the best, and of every architecture at every depth in turn
 * the best, then those of other learning rates and epochs. Equal points are one.
 *
 * @param observations Later ones count where two are equal.
 */
export function tellingObservations(observations: readonly Observation[], most: number): readonly Observation[] {
  const merged = mergeEqual(observations);
  if (merged.length <= most) return merged;
  const best = merged.toSorted((a, b) => b.value - a.value);
  const chosen = new Set(best.slice(0, most >> 1));
  const groups = new Map<string, Observation[]>();
  for (const observation of best) {
    const { architecture, retrainDepth } = observation.point;
    const key = groupKey(architecture, retrainDepth);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [observation]);
    else group.push(observation);
  }
  const queues = [...groups.values()].map(spreadOut);
  for (let round = 0; chosen.size < most && queues.some((queue) => round < queue.length); round++) {
    for (const queue of queues) {
      if (round < queue.length && chosen.size < most) chosen.add(queue[round]);
    }
  }
  return merged.filter((observation) => chosen.has(observation));
}

/** Mean of what was seen at equal points of different seeds, or of neighbours within 1/20 decade. */
function mergeEqual(observations: readonly Observation[]): Observation[] {
  const byPoint = new Map<string, { first: Observation; sum: number; weight: number; count: number }>();
  for (const observation of observations) {
    const { architecture, retrainDepth, rate, epoch } = observation.point;
    const key = `${architecture} ${retrainDepth} ${Math.round(rate * 20)} ${epoch}`;
    const weight = 1 / observation.variance;
    const same = byPoint.get(key);
    if (same === undefined) {
      byPoint.set(key, { first: observation, sum: weight * observation.value, weight, count: 1 });
    } else {
      same.sum += weight * observation.value;
      same.weight += weight;
      same.count++;
    }
  }
  return [...byPoint.values()].map(({ first, sum, weight, count }) => {
    if (count === 1) return first;
    const { trajectory, ...point } = first.point;
    return { point, value: sum / weight, variance: 1 / weight };
  });
}

/** The best, then whatever lies in cells (a quarter of a decade, a doubling of the epochs) of which none was taken yet. */
function spreadOut(group: readonly Observation[]): Observation[] {
  const cells = new Set<string>();
  const rest: Observation[] = [];
  const first = group.filter((observation) => {
    const { rate, epoch } = observation.point;
    const cell = `${Math.round(rate * 4)} ${Math.round(Math.log2(epoch))}`;
    if (cells.has(cell)) {
      rest.push(observation);
      return false;
    }
    cells.add(cell);
    return true;
  });
  return [...first, ...rest];
}
