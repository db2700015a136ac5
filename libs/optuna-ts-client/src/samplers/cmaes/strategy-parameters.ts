/** Weights and learning rates of CMA-ES, all functions of the dimension and the population size. */
export interface StrategyParameters {
  readonly dimension: number;
  /** λ: points of a generation. */
  readonly populationSize: number;
  /** One per point, best first: the better half positive with sum 1, the others negative (active CMA). */
  readonly weights: Float64Array;
  /** How many points the positive weights are worth. */
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cC: number;
  readonly c1: number;
  readonly cMu: number;
  /** Expected length of a standard normal vector. */
  readonly chi: number;
}

/** λ as usual: 4 + ⌊3 ln d⌋. @see Hansen 2016, arXiv:1604.00772, eq. 48 */
export function usualPopulationSize(dimension: number): number {
  return 4 + Math.floor(3 * Math.log(dimension));
}

/**
 * @param dimension >= 1. @param populationSize >= 2.
 * @see Hansen 2016, arXiv:1604.00772, eqs. 49 to 58 (table 1)
 */
export function strategyParameters(dimension: number, populationSize: number): StrategyParameters {
  const mu = Math.floor(populationSize / 2);
  const raw = Float64Array.from(
    { length: populationSize },
    (_, i) => Math.log((populationSize + 1) / 2) - Math.log(i + 1),
  );
  const muEff = effectiveCount(raw.subarray(0, mu));
  const muEffMinus = effectiveCount(raw.subarray(mu));
  const c1 = 2 / ((dimension + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1 - 1e-8, (2 * (muEff - 2 + 1 / muEff)) / ((dimension + 2) ** 2 + muEff));
  const negativeSum = Math.min(1 + c1 / cMu, 1 + (2 * muEffMinus) / (muEff + 2), (1 - c1 - cMu) / (dimension * cMu));
  const sums = { positive: 0, negative: 0 };
  for (const weight of raw) sums[weight >= 0 ? 'positive' : 'negative'] += Math.abs(weight);
  const cSigma = (muEff + 2) / (dimension + muEff + 5);
  return {
    dimension,
    populationSize,
    weights: raw.map((weight) => (weight >= 0 ? weight / sums.positive : (weight * negativeSum) / sums.negative)),
    muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (dimension + 1)) - 1) + cSigma,
    cC: (4 + muEff / dimension) / (dimension + 4 + (2 * muEff) / dimension),
    c1,
    cMu,
    chi: Math.sqrt(dimension) * (1 - 1 / (4 * dimension) + 1 / (21 * dimension ** 2)),
  };
}

function effectiveCount(weights: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}
