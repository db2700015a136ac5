import type { Distribution } from './distributions/distribution.js';
import { isCompatible, type SearchSpace } from './search-space.js';

/** Sets of distributions that are kept at a time; a study whose ranges change with every trial needs no more. */
const MOST_KEPT = 256;

/**
 * Gives the same object for equal sets of distributions: thousands of trials then share a few, and whoever compares
 * them is done after one look.
 */
export class SharedDistributions {
  /** By the names, as sets of one study mostly differ in these. */
  readonly #known = new Map<string, SearchSpace[]>();
  #kept = 0;

  /** @returns A frozen copy, with what it holds, or the earlier copy of an equal set in the same order. */
  get(distributions: SearchSpace): SearchSpace {
    const names = Object.keys(distributions);
    const key = names.join('\u0000');
    const candidates = this.#known.get(key) ?? [];
    const known = candidates.find((candidate) =>
      names.every((name) => areEqual(candidate[name] as Distribution, distributions[name] as Distribution)),
    );
    if (known !== undefined) return known;
    const copies = Object.entries(distributions).map(([name, distribution]) => [name, frozenCopy(distribution)]);
    const made: SearchSpace = Object.freeze(Object.fromEntries(copies));
    if (this.#kept === MOST_KEPT) {
      this.#known.clear();
      this.#kept = 0;
    }
    this.#known.set(key, [...(this.#known.get(key) ?? []), made]);
    this.#kept++;
    return made;
  }
}

function frozenCopy(distribution: Distribution): Distribution {
  return distribution.type === 'categorical'
    ? Object.freeze({ ...distribution, choices: Object.freeze([...distribution.choices]) })
    : Object.freeze({ ...distribution });
}

function areEqual(a: Distribution, b: Distribution): boolean {
  if (a === b) return true;
  if (!isCompatible(a, b)) return false;
  if (a.type === 'categorical' || b.type === 'categorical') return true;
  return a.low === b.low && a.high === b.high && a.step === b.step;
}
