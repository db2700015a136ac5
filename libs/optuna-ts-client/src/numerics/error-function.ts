/**
 * @file The error function by the rational approximations of W. J. Cody 1969, doi:10.1090/S0025-5718-1969-0247736-4
 * (coefficients as in netlib's CALERF).
 */

const NEAR_NUMERATOR = [
  3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694, 0.18577770618460315,
];
const NEAR_DENOMINATOR = [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const MIDDLE_NUMERATOR = [
  0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707,
  2051.0783778260716, 1230.3393547979972, 2.1531153547440383e-8,
];
const MIDDLE_DENOMINATOR = [
  15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
  3439.3676741437216, 1230.3393548037495,
];
const FAR_NUMERATOR = [
  0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378,
  0.016315387137302097,
];
const FAR_DENOMINATOR = [
  2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];
const INVERSE_SQRT_PI = 0.5641895835477563;

/** exp(x²)·erfc(x) for x >= 0: what is left of the complementary error function once its decay is taken out. */
export function scaledErfc(x: number): number {
  if (x <= 0.46875) return Math.exp(x * x) * (1 - erfNearZero(x));
  if (x <= 4) {
    let numerator = MIDDLE_NUMERATOR[8] * x;
    let denominator = x;
    for (let i = 0; i < 7; i++) {
      numerator = (numerator + MIDDLE_NUMERATOR[i]) * x;
      denominator = (denominator + MIDDLE_DENOMINATOR[i]) * x;
    }
    return (numerator + MIDDLE_NUMERATOR[7]) / (denominator + MIDDLE_DENOMINATOR[7]);
  }
  const inverse = 1 / (x * x);
  let numerator = FAR_NUMERATOR[5] * inverse;
  let denominator = inverse;
  for (let i = 0; i < 4; i++) {
    numerator = (numerator + FAR_NUMERATOR[i]) * inverse;
    denominator = (denominator + FAR_DENOMINATOR[i]) * inverse;
  }
  return (INVERSE_SQRT_PI - (inverse * (numerator + FAR_NUMERATOR[4])) / (denominator + FAR_DENOMINATOR[4])) / x;
}

/** erf(x) for |x| <= 0.46875. */
export function erfNearZero(x: number): number {
  const square = x * x;
  let numerator = NEAR_NUMERATOR[4] * square;
  let denominator = square;
  for (let i = 0; i < 3; i++) {
    numerator = (numerator + NEAR_NUMERATOR[i]) * square;
    denominator = (denominator + NEAR_DENOMINATOR[i]) * square;
  }
  return (x * (numerator + NEAR_NUMERATOR[3])) / (denominator + NEAR_DENOMINATOR[3]);
}
