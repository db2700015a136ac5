/** Numbers in rows of one width, with room for more of them. */
export class GrowingFloats {
  #values = new Float64Array(64);

  /** @param width Numbers of one row, >= 1. */
  constructor(readonly width: number) {}

  /** Row k stands from k · width; a larger array may take its place when a row is added. */
  get values(): Float64Array {
    return this.#values;
  }

  /** Makes sure of a place for row `row`, and returns where it begins. */
  place(row: number): number {
    const end = (row + 1) * this.width;
    if (end > this.#values.length) {
      const larger = new Float64Array(2 * end);
      larger.set(this.#values);
      this.#values = larger;
    }
    return end - this.width;
  }
}
