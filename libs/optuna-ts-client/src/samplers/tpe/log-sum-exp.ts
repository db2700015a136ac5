/** ln of the sum of exp(term); −Infinity where there is none. */
export function logSumExp(terms: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < terms.length; index++) if (terms[index] > highest) highest = terms[index];
  if (highest === Number.NEGATIVE_INFINITY) return highest;
  let total = 0;
  for (let index = 0; index < terms.length; index++) total += Math.exp(terms[index] - highest);
  return highest + Math.log(total);
}
