import { Logger } from '@nestjs/common';
import type { Clock } from '#primitives';
import type { SweepStorage } from '#search';
import { BackgroundSweep } from './background-sweep.js';

/** Least pause between two sweeps, s; they look at every checkpoint there is. */
const pauseSeconds = 60;

/** Most of the time that sweeps may take, however many checkpoints there are. */
const largestShare = 0.02;

/**
 * Keeps checkpoints and resume states within their bound, in the background. Each sweep is safe to run anywhere at any time,
 * so every service has one and none is elected.
 */
export class StorageSweeper {
  readonly #log = new Logger('storage');
  #lastTookMs = 0;
  readonly #background = new BackgroundSweep(
    () => this.#timed(),
    () => Math.max(this.seconds * 1000, this.#lastTookMs / largestShare),
  );

  constructor(
    private readonly sweepStorage: Pick<SweepStorage, 'run'>,
    private readonly clock: Clock,
    private readonly seconds = pauseSeconds,
  ) {}

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
      const swept = await this.sweepStorage.run();
      const isIdle = Object.values(swept).every((count) => count === 0);
      this.#log[isIdle ? 'debug' : 'log']('swept storage', { ...swept });
    } catch (error) {
      this.#log.error('Cannot sweep storage', error instanceof Error ? error.stack : String(error));
    }
  }

  async #timed(): Promise<void> {
    const began = this.clock.monotonicMs();
    await this.sweepOnce();
    this.#lastTookMs = this.clock.monotonicMs() - began;
  }
}
