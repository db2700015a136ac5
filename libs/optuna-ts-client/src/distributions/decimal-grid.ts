/**
 * low + k·step as a person would write it: rounded to the decimals of `low` and `step`, so that three steps of 0.1 are
 * 0.3 and not 0.30000000000000004.
 */
export function gridPoint(low: number, step: number, k: number): number {
  const exact = low + k * step;
  if (Number.isInteger(low) && Number.isInteger(step)) return exact;
  return Number(exact.toFixed(Math.min(100, Math.max(decimalsOf(low), decimalsOf(step)))));
}

/** Digits after the decimal point in the shortest decimal that reads back as `value`. */
function decimalsOf(value: number): number {
  const [mantissa, exponent = '0'] = value.toString().split('e');
  const fraction = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent));
}
