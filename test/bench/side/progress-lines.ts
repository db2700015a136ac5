/** Tells on stderr which of the steps runs and how long the rest takes, judged by the cost of each and the time so far. */
export class ProgressLines {
  readonly #startedMs = performance.now();
  #done = 0;

  /** @param costs Of each step in order, in any unit; only their proportions count. */
  constructor(
    private readonly costs: readonly number[],
    private readonly write: (line: string) => void,
  ) {}

  /** To be called before each step. */
  begin(step: string): void {
    const next = this.#done;
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const done = sum(this.costs.slice(0, next));
    const left = done > 0 ? (seconds / done) * sum(this.costs.slice(next)) : null;
    const eta =
      left === null ? '' : `, about ${left < 90 ? `${Math.ceil(left)} s` : `${Math.ceil(left / 60)} min`} left`;
    this.write(`[${next + 1}/${this.costs.length}] ${step}${eta}`);
    this.#done += 1;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
