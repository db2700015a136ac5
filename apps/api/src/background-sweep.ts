/** Does one piece of work again and again, with a pause before each, until it is stopped. The process need not wait for it. */
export class BackgroundSweep {
  #timer: NodeJS.Timeout | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #stopped = false;

  /** @param sweep Never rejects. @param pauseMs Asked before each pause. */
  constructor(
    private readonly sweep: () => Promise<void>,
    private readonly pauseMs: () => number,
  ) {}

  start(): void {
    this.#timer = setTimeout(() => {
      this.#sweep = this.sweep().then(() => (this.#stopped ? undefined : this.start()));
    }, this.pauseMs());
    this.#timer.unref();
  }

  /** Waits for a sweep that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweep;
  }
}
