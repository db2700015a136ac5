/**
 * How a picture becomes a network's input: the short side is resized to `resize` (bilinear with antialias, as PIL),
 * the centre `crop` × `crop` is cut out, and each channel of the sRGB picture in [0, 1] becomes (value - mean) / std.
 */
export interface ImageSpec {
  /** Length of the short side after resizing, pixels, >= `crop`. */
  readonly resize: number;
  /** Side of the square the network sees, pixels. */
  readonly crop: number;
  /** Per channel R, G, B. */
  readonly mean: readonly [number, number, number];
  /** Per channel R, G, B; > 0. */
  readonly std: readonly [number, number, number];
}
