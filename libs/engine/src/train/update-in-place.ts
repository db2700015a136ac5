/** What an update depends on besides the arrays. */
export interface UpdateRates {
  readonly momentum: number;
  readonly weightDecay: number;
  readonly learningRate: number;
}

/**
 * SGD with momentum and L2 penalty on the caller's own arrays, in one pass over them: g ← g + λw, v ← μv + g, w ← w - ηv.
 * Every operation is rounded to float32, in the order of the graph of `trainingStep`: both give the same bits.
 *
 * @param parameter w, n numbers, overwritten. @param slot v, n numbers, overwritten. @param gradient g, n numbers.
 */
export function updateInPlace(
  parameter: Float32Array,
  slot: Float32Array,
  gradient: Float32Array,
  { momentum, weightDecay, learningRate }: UpdateRates,
): void {
  const round = Math.fround;
  const [mu, lambda, eta] = [round(momentum), round(weightDecay), round(learningRate)];
  for (let index = 0; index < parameter.length; index++) {
    const value = parameter[index];
    // A penalty of 0 is left out there, which matters to infinities alone.
    const penalised = weightDecay === 0 ? gradient[index] : round(gradient[index] + round(value * lambda));
    const next = round(round(slot[index] * mu) + penalised);
    slot[index] = next;
    parameter[index] = round(value - round(next * eta));
  }
}
