import type { LearningRateRange, RetrainDepth, SearchSpace } from '../search-space.js';
import type { AccuracyBelief } from './accuracy-belief.js';
import { coarseRates, rateAt, ratesBeside } from './learning-rates.js';
import { type Configuration, configurationKey, groupKey, type Progress, type StudyProgress } from './trial-progress.js';

/** A configuration that may be gone on with, or begun. */
export interface Candidate {
  readonly configuration: Configuration;
  /** log10. */
  readonly rate: number;
  /** Epochs that it has had. */
  readonly epochs: number;
}

/** Configurations of one architecture at one depth that are gone on with at the most: those that are believed in most. */
const MOST_BEGUN = 8;

/**
 * Every configuration worth a thought: of each architecture at each depth the coarse grid of learning rates, places beside
 * the best of the depth and of its own, and the best that were begun.
 *
 * @param mostEpochs Of the space: with them a configuration is finished.
 */
export function candidatesOf(
  space: SearchSpace,
  architectures: readonly string[],
  { configurations, impossible }: StudyProgress,
  belief: AccuracyBelief,
  mostEpochs: number,
): Candidate[] {
  const begun = new Map<string, Progress[]>();
  const tried = new Map<string, number[]>();
  for (const progress of configurations.values()) {
    const { architecture, retrainDepth, learningRate } = progress.configuration;
    const key = groupKey(architecture, retrainDepth);
    push(tried, key, Math.log10(learningRate));
    push(begun, key, progress);
  }
  return space.retrainDepth.flatMap((retrainDepth) => {
    const range = space.learningRate.perDepth?.[retrainDepth] ?? space.learningRate;
    const coarse = coarseRates(range);
    const groups = architectures.filter((architecture) => !impossible.has(groupKey(architecture, retrainDepth)));
    const bests = groups.map((architecture) =>
      bestRate(belief, architecture, retrainDepth, mostEpochs, [
        ...(tried.get(groupKey(architecture, retrainDepth)) ?? []),
      ]),
    );
    const ofDepth = bests.reduce<Best | undefined>(
      (a, b) => (b !== undefined && !(a && a.mean >= b.mean) ? b : a),
      undefined,
    );
    return groups.flatMap((architecture, index) => {
      const key = groupKey(architecture, retrainDepth);
      const own = tried.get(key) ?? [];
      const around = bests[index] ?? ofDepth;
      const places = new Set([
        ...coarse,
        ...(around === undefined ? [] : ratesBeside(range, around.rate, own)),
        ...(around === undefined ? [] : [around.rate]),
      ]);
      return [
        ...newOnes(architecture, retrainDepth, range, places, configurations),
        ...goingOn(begun.get(key) ?? [], belief, mostEpochs),
      ];
    });
  });
}

interface Best {
  readonly rate: number;
  readonly mean: number;
}

function bestRate(
  belief: AccuracyBelief,
  architecture: string,
  retrainDepth: RetrainDepth,
  epoch: number,
  rates: readonly number[],
): Best | undefined {
  let best: Best | undefined;
  for (const rate of new Set(rates)) {
    const mean = belief.mean({ architecture, retrainDepth, rate, epoch });
    if (best === undefined || mean > best.mean) best = { rate, mean };
  }
  return best;
}

function newOnes(
  architecture: string,
  retrainDepth: RetrainDepth,
  range: LearningRateRange,
  places: ReadonlySet<number>,
  configurations: StudyProgress['configurations'],
): Candidate[] {
  const rates = new Set([...places].map((place) => rateAt(range, place)));
  return [...rates].flatMap((learningRate) => {
    const configuration = { architecture, retrainDepth, learningRate };
    const isNew = !configurations.has(configurationKey(configuration));
    return isNew ? [{ configuration, rate: Math.log10(learningRate), epochs: 0 }] : [];
  });
}

function goingOn(begun: readonly Progress[], belief: AccuracyBelief, mostEpochs: number): Candidate[] {
  const open = begun.filter(({ isOpen, isDead, epochs }) => !isOpen && !isDead && epochs < mostEpochs);
  const candidates = open.map(({ configuration, epochs }) => ({
    configuration,
    rate: Math.log10(configuration.learningRate),
    epochs,
  }));
  if (candidates.length <= MOST_BEGUN) return candidates;
  const means = new Map(
    candidates.map((candidate) => {
      const { configuration, rate } = candidate;
      return [candidate, belief.mean({ ...configuration, rate, epoch: mostEpochs })];
    }),
  );
  const ordered = candidates.sort((a, b) => (means.get(b) as number) - (means.get(a) as number));
  return ordered.slice(0, MOST_BEGUN);
}

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
