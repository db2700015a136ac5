/** ln of n weights and the prior's, which sum to 1. */
export function normalizedLogs(weights: ArrayLike<number>, priorWeight: number): Float64Array {
  const n = weights.length;
  let total = priorWeight;
  for (let kernel = 0; kernel < n; kernel++) total += weights[kernel];
  const logs = new Float64Array(n + 1).fill(Math.log(priorWeight / total));
  for (let kernel = 0; kernel < n; kernel++) logs[kernel] = Math.log(weights[kernel] / total);
  return logs;
}

/** Running sums of the weights whose logarithms are given. */
export function cumulativeWeights(logWeights: Float64Array): Float64Array {
  let sum = 0;
  return logWeights.map((logWeight) => {
    sum += Math.exp(logWeight);
    return sum;
  });
}
