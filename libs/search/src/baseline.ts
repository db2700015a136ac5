import { type Distribution, type JsonValue, nearestValue } from '#optuna-ts-client';
import type { DatasetRecord } from './dataset.js';
import type { KnownArchitecture } from './ports/architecture-catalog.js';
import { distributionsOf, searchDistributions, toTrialParameters } from './search-distributions.js';
import type { RetrainDepth, TrialParameters } from './search-space.js';
import type { StudySpec } from './study.js';

/** Training images below which a number of steps is enough. */
const STEPS = [
  { below: 20_000, steps: 500 },
  { below: 500_000, steps: 10_000 },
  { below: Number.POSITIVE_INFINITY, steps: 20_000 },
] as const;
const LEARNING_RATE = 0.003;
/** The rule trains every parameter of a pretrained network; where the space does not, what comes nearest. */
const DEPTHS: readonly RetrainDepth[] = ['deep', 'partial', 'shallow', 'scratch'];

/** A trial that nobody searched for, and what the rule said before it was fitted into the space. */
export interface Baseline {
  readonly parameters: TrialParameters;
  readonly userAttrs: { readonly baseline: JsonValue };
}

/**
 * The configuration to beat: what BiT-HyperRule gives for a dataset of this size, without any search. The rule leaves the
 * network to the user: the one of the space with the best ImageNet accuracy is taken. Epochs follow from the rule's steps
 * and the study's batch size. Every value is the nearest one of the search space.
 *
 * @see Kolesnikov et al. 2020, arXiv:1912.11370 §3.3; google-research/big_transfer, bit_hyperrule.py
 */
export function baselineOf(
  { searchSpace, training }: StudySpec,
  { classes }: Pick<DatasetRecord, 'classes'>,
  architectures: readonly KnownArchitecture[],
): Baseline {
  const trainImages = classes.reduce((sum, { train }) => sum + train, 0);
  const { steps } = STEPS.find(({ below }) => trainImages < below) as (typeof STEPS)[number];
  const epochs = Math.max(1, Math.round((steps * training.batchSize) / Math.max(1, trainImages)));
  const accuracy = new Map(architectures.map(({ name, imagenetAccuracy }) => [name, imagenetAccuracy ?? 0]));
  const accuracyOf = (name: string) => accuracy.get(name) ?? 0;
  const architecture = searchSpace.architecture.reduce((a, b) => (accuracyOf(b) > accuracyOf(a) ? b : a));
  const retrainDepth = DEPTHS.find((depth) => searchSpace.retrainDepth.includes(depth)) as RetrainDepth;
  const rule: TrialParameters = { architecture, retrainDepth, learningRate: LEARNING_RATE, epochs };
  const distributions = Object.entries<Distribution>(distributionsOf(searchDistributions(searchSpace), rule));
  const nearest = distributions.map(([name, d]) => [name, nearestValue(d, rule[name as keyof TrialParameters])]);
  return {
    parameters: toTrialParameters(Object.fromEntries(nearest)),
    userAttrs: { baseline: { rule: 'BiT-HyperRule', trainImages, steps, ...rule } },
  };
}
