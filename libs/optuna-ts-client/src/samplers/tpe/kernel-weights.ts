/** n weights and the prior's, on a scale on which they sum to 1. */
export function normalizedWeights(weights: ArrayLike<number>, priorWeight: number): Float64Array {
  const n = weights.length;
  let total = priorWeight;
  for (let kernel = 0; kernel < n; kernel++) total += weights[kernel];
  const shares = new Float64Array(n + 1);
  for (let kernel = 0; kernel < n; kernel++) shares[kernel] = weights[kernel] / total;
  shares[n] = priorWeight / total;
  return shares;
}

/** Running sums. */
export function cumulativeWeights(weights: Float64Array): Float64Array {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}
