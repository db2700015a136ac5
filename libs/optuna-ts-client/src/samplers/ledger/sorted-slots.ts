/** Slots in an order, most of which stay where they are while some come and go. */
export class SortedSlots {
  #sorted = new Int32Array(16);
  #count = 0;
  #fresh: number[] = [];

  /** @param compare A total order of different slots; what it reads of a slot stays the same while the slot is held. */
  constructor(private readonly compare: (a: number, b: number) => number) {}

  get size(): number {
    return this.#count + this.#fresh.length;
  }

  /** @param slot One that is not held. */
  add(slot: number): void {
    this.#fresh.push(slot);
  }

  /** @param slot One that is held. */
  remove(slot: number): void {
    const fresh = this.#fresh.indexOf(slot);
    if (fresh >= 0) {
      this.#fresh.splice(fresh, 1);
      return;
    }
    const place = this.#sorted.indexOf(slot);
    this.#sorted.copyWithin(place, place + 1, this.#count);
    this.#count--;
  }

  /** All slots in order; valid until the next change. */
  read(): Int32Array {
    if (this.#fresh.length > 0) {
      this.#reserve(this.size);
      // One by one a slot costs a shift of those behind it, together a sort of all.
      if (this.#fresh.length <= 8 + this.#count / 64) for (const slot of this.#fresh) this.#insert(slot);
      else {
        this.#sorted.set(this.#fresh, this.#count);
        this.#count += this.#fresh.length;
        this.#sorted.subarray(0, this.#count).sort(this.compare);
      }
      this.#fresh = [];
    }
    return this.#sorted.subarray(0, this.#count);
  }

  #insert(slot: number): void {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(this.#sorted[middle], slot) < 0) low = middle + 1;
      else high = middle;
    }
    this.#sorted.copyWithin(low + 1, low, this.#count);
    this.#sorted[low] = slot;
    this.#count++;
  }

  #reserve(size: number): void {
    if (size <= this.#sorted.length) return;
    const larger = new Int32Array(2 * size);
    larger.set(this.#sorted.subarray(0, this.#count));
    this.#sorted = larger;
  }
}
