const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/**
 * Bits of the IEEE 754 half-precision number nearest to `value`, ties to the even one. Values beyond 65,504 by half a
 * step become infinite, values below 2⁻²⁵ zero; NaN stays NaN.
 */
export function toHalf(value: number): number {
  single[0] = value;
  const bits = singleBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const fraction = bits & 0x7fffff;
  if (exponent === 143) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign;
  // Below 2⁻¹⁴ halves have no hidden bit: the fraction, hidden bit included, is shifted further instead.
  const subnormal = exponent <= 0;
  const digits = subnormal ? fraction | 0x800000 : fraction | (exponent << 23);
  const shift = subnormal ? 14 - exponent : 13;
  const half = digits >>> shift;
  const rest = digits & (2 ** shift - 1);
  const tie = 2 ** (shift - 1);
  // A carry out of the fraction rightly raises the exponent, up to infinity.
  return sign | (half + (rest > tie || (rest === tie && (half & 1) === 1) ? 1 : 0));
}

/** The number that 16 bits of IEEE 754 half precision stand for, exactly. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
