import { Logger } from '@nestjs/common';
import type { Clock, Rng } from '#primitives';
import type { ReapLeases } from '#search';
import { BackgroundSweep } from './background-sweep.js';

/**
 * Sweeps for expired leases every `seconds`, give or take a quarter so that several services do not sweep at once. Each
 * sweep is safe to run anywhere at any time, so every service has one and none is elected.
 */
export class Reaper {
  readonly #log = new Logger('reaper');
  #lastReapMs: number | null = null;
  readonly #background = new BackgroundSweep(
    () => this.sweepOnce(),
    () => this.seconds * 1000 * (0.75 + 0.5 * this.random.float()),
  );

  constructor(
    private readonly reapLeases: Pick<ReapLeases, 'run'>,
    private readonly clock: Clock,
    private readonly random: Rng,
    private readonly seconds: number,
  ) {}

  /** Seconds since the last sweep that went through; null before the first. */
  get lastReapSeconds(): number | null {
    return this.#lastReapMs === null ? null : (this.clock.monotonicMs() - this.#lastReapMs) / 1000;
  }

  start(): void {
    this.#background.start();
  }

  /** Waits for a sweep that is under way. */
  stop(): Promise<void> {
    return this.#background.stop();
  }

  /** One sweep; what goes wrong is logged and tried again at the next one. */
  async sweepOnce(): Promise<void> {
    try {
      const result = await this.reapLeases.run();
      this.#lastReapMs = this.clock.monotonicMs();
      this.#log.debug('swept', { ...result });
    } catch (error) {
      this.#log.error('Cannot sweep for expired leases', error instanceof Error ? error.stack : String(error));
    }
  }
}
