/** A value that may serve later trials of the process. */
export interface Keepable<T> {
  readonly value: T;
  /** What it holds, as far as that is known. */
  readonly bytes: number;
  /** Frees it. */
  dispose?(): Promise<void>;
}

interface Entry extends Keepable<unknown> {
  /** Of an earlier trial. */
  readonly wasThere: boolean;
}

/**
 * What a process keeps from trial to trial: pictures, features, networks, compiled steps. Bounded by bytes; what was not
 * used for longest goes first, but nothing that the trial under way has used. Every key names all that its value depends
 * on, so a trial computes the same with a full cache and an empty one.
 */
export class WarmCache {
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();
  readonly #used = new Set<string>();
  /** Of those, what the trial under way may do without. */
  readonly #released = new Set<string>();

  /** @param limitBytes 0: nothing outlives its trial. */
  constructor(readonly limitBytes: number) {}

  /** Bytes of earlier trials that the trial under way has used. */
  get reusedBytes(): number {
    let sum = 0;
    for (const key of this.#used) {
      const entry = this.#entries.get(key);
      if (entry?.wasThere) sum += entry.bytes;
    }
    return sum;
  }

  has(...parts: readonly unknown[]): boolean {
    return this.#entries.has(JSON.stringify(parts));
  }

  /** The value of a key; made where it is not there. It stays until `end`. @param parts JSON: all that the value depends on. */
  async get<T>(parts: readonly unknown[], make: () => Promise<Keepable<T>>): Promise<T> {
    const key = JSON.stringify(parts);
    const known = this.#entries.get(key);
    this.#used.add(key);
    this.#released.delete(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value as T;
    }
    const made = await make();
    this.#entries.set(key, { ...made, wasThere: false });
    await this.makeRoom(0);
    return made.value;
  }

  /** The trial under way is done with a value for now: it may go where room is needed. */
  release(parts: readonly unknown[]): void {
    this.#released.add(JSON.stringify(parts));
  }

  /** Frees what the trial does not use until `bytes` more fit, or nothing is left to be freed. @param kind Of these alone. */
  async makeRoom(bytes: number, kind?: string): Promise<void> {
    let held = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, bytes);
    for (const [key, entry] of this.#entries) {
      if (held <= this.limitBytes) return;
      const isNeeded = this.#used.has(key) && !this.#released.has(key);
      if (isNeeded || (kind !== undefined && (JSON.parse(key) as unknown[])[0] !== kind)) continue;
      this.#entries.delete(key);
      held -= entry.bytes;
      await entry.dispose?.();
    }
  }

  /** The trial is over: what it used may go as well. */
  async end(): Promise<void> {
    this.#used.clear();
    this.#released.clear();
    await this.makeRoom(0);
    for (const [key, entry] of this.#entries) this.#entries.set(key, { ...entry, wasThere: true });
    if (this.limitBytes > 0) return;
    for (const entry of this.#entries.values()) await entry.dispose?.();
    this.#entries.clear();
  }
}
