/**
 * Points of a plane of which none is at least as good as another in both losses, by the rising first and falling second
 * loss, with the area they dominate up to a corner. Inserting n points one by one takes O(n log n) comparisons.
 */
export class Staircase {
  readonly #firsts: number[] = [];
  readonly #seconds: number[] = [];
  #area = 0;

  /** @param corner The worst point; every point inserted must be better in both losses, unless only `covers` is asked. */
  constructor(private readonly corner: readonly [number, number]) {}

  /** What the points dominate. */
  get area(): number {
    return this.#area;
  }

  /** Whether some point is at most as large in both losses. */
  covers(first: number, second: number): boolean {
    const position = this.#after(first);
    return position > 0 && this.#seconds[position - 1] <= second;
  }

  /** Adds a point and drops those that it covers; one that is covered changes nothing. */
  insert(first: number, second: number): void {
    if (this.covers(first, second)) return;
    const start = this.#before(first);
    let end = start;
    let from = first;
    let above = start > 0 ? this.#seconds[start - 1] : this.corner[1];
    while (end < this.#firsts.length && this.#seconds[end] >= second) {
      this.#area += (this.#firsts[end] - from) * (above - second);
      from = this.#firsts[end];
      above = this.#seconds[end];
      end++;
    }
    this.#area += ((this.#firsts[end] ?? this.corner[0]) - from) * (above - second);
    this.#firsts.splice(start, end - start, first);
    this.#seconds.splice(start, end - start, second);
  }

  /** How many points have a first loss of at most `first`. */
  #after(first: number): number {
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#firsts[middle] <= first) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many points have a smaller first loss. */
  #before(first: number): number {
    const after = this.#after(first);
    return after > 0 && this.#firsts[after - 1] === first ? after - 1 : after;
  }
}
