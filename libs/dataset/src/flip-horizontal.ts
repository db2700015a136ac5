/**
 * Mirrors one square picture left to right, in place.
 *
 * @param pixels side × side × 3 values, row-major; a view of one picture of a batch.
 * @throws {RangeError} if the length is not side × side × 3.
 */
export function flipHorizontal(pixels: Uint8Array | Float32Array, side: number): void {
  if (pixels.length !== side * side * 3) {
    throw new RangeError(`Cannot flip: pixels has ${pixels.length} values, must be ${side} × ${side} × 3`);
  }
  for (let y = 0; y < side; y++) {
    const row = y * side * 3;
    for (let left = 0, right = side - 1; left < right; left++, right--) {
      for (let c = 0; c < 3; c++) {
        const kept = pixels[row + left * 3 + c];
        pixels[row + left * 3 + c] = pixels[row + right * 3 + c];
        pixels[row + right * 3 + c] = kept;
      }
    }
  }
}
