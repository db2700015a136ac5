import type { ProbeScore } from '../preparation.js';
import type { RetrainDepth } from '../search-space.js';
import type { StudySpec } from '../study.js';
import { type BeliefPoint, curves, type Observation } from './accuracy-belief.js';
import { countingVariance, toScale } from './accuracy-scale.js';

/** What training is believed to come to where nothing was seen: 80 % on the scale of `toScale`. */
const LEVEL = 1.1;
/** What a depth adds to that: more is trained, more is reached; without pretrained weights far less. */
const DEPTHS: Readonly<Record<RetrainDepth, number>> = { shallow: 0, partial: 0.03, deep: 0.05, scratch: -0.2 };
/** log10 of a learning rate that is rarely wrong for SGD with momentum, and what every square decade beside it costs. */
const RATES: Readonly<Record<RetrainDepth, number>> = { shallow: -2, partial: -2.3, deep: -2.6, scratch: -2 };
const BEND = 0.02;
/** Share of a curve that is expected to be missing at the start; of a head that begins as its probe much less. */
const MISSING = 0.8;
const MISSING_WITH_PROBE = 0.3;
/** How far training with the best learning rate strays from its probe. */
const PROBE_VARIANCE = 0.04 ** 2;

/** What is expected of a training of which nothing was seen, on the scale of `toScale`. */
export function priorMean({ searchSpace, training }: StudySpec): (point: BeliefPoint) => number {
  const centres = new Map(searchSpace.retrainDepth.map((depth) => [depth, centreOf(searchSpace, depth)]));
  return ({ retrainDepth, rate, epoch }) => {
    const { size, epochs } = curves[retrainDepth];
    const isProbed = training.headInit === 'probe' && retrainDepth !== 'scratch';
    const missing = size * (isProbed ? MISSING_WITH_PROBE : MISSING) * (epochs / (epoch + epochs));
    const offset = rate - (centres.get(retrainDepth) ?? RATES[retrainDepth]);
    return LEVEL + DEPTHS[retrainDepth] - BEND * offset * offset - missing;
  };
}

/**
 * Probes as observations of what the retraining of a head comes to. A probe's accuracy is counted on the validation
 * pictures, so it is drawn towards what LogME (which the training pictures alone decide) says of the networks, as far as
 * chance explains the difference.
 */
export function probeObservations(spec: StudySpec, probes: ReadonlyMap<string, ProbeScore>): Observation[] {
  const scores = [...probes].sort(([a], [b]) => (a < b ? -1 : 1));
  const values = scores.map(([, { accuracy }]) => toScale(accuracy));
  const evidence = scores.map(([, { logme }]) => logme);
  const line = scores.length >= FEWEST_FOR_LINE ? fitLine(evidence, values) : undefined;
  return scores.map(([architecture, { validationImages }], index) => {
    const chance = countingVariance(validationImages);
    // What the line leaves unexplained is chance, and what is true of the network: the line knows nothing of the latter.
    const own = line === undefined ? Number.POSITIVE_INFINITY : Math.max(0, line.variance - chance);
    const trust = own === Number.POSITIVE_INFINITY ? 1 : own / (own + chance);
    const value = trust * values[index] + (1 - trust) * (line?.at(evidence[index]) ?? 0);
    const point: BeliefPoint = {
      architecture,
      retrainDepth: 'shallow',
      rate: centreOf(spec.searchSpace, 'shallow'),
      epoch: Number.POSITIVE_INFINITY,
    };
    return { point, value, variance: trust * chance + PROBE_VARIANCE };
  });
}

/** Networks from which on LogME is held against their probes. */
const FEWEST_FOR_LINE = 5;

function centreOf({ learningRate }: StudySpec['searchSpace'], depth: RetrainDepth): number {
  const { low, high } = learningRate.perDepth?.[depth] ?? learningRate;
  const [from, to] = [Math.log10(low), Math.log10(high)];
  // Whoever gives a range means its middle more than its ends.
  const margin = 0.2 * (to - from);
  return Math.min(to - margin, Math.max(from + margin, RATES[depth]));
}

/** Least squares; undefined where all x are equal. */
function fitLine(x: readonly number[], y: readonly number[]) {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleX, middleY] = [mean(x), mean(y)];
  const spread = mean(x.map((value) => (value - middleX) ** 2));
  if (!(spread > 0)) return undefined;
  const slope = mean(x.map((value, index) => (value - middleX) * (y[index] - middleY))) / spread;
  const at = (value: number) => middleY + slope * (value - middleX);
  const squares = x.reduce((sum, value, index) => sum + (y[index] - at(value)) ** 2, 0);
  return { at, variance: squares / (x.length - 2) };
}
