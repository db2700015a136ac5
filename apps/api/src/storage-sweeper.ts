import { Logger } from '@nestjs/common';
import type { Clock } from '#primitives';
import type { SweepStorage } from '#search';

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
  #timer: NodeJS.Timeout | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly sweepStorage: Pick<SweepStorage, 'run'>,
    private readonly clock: Clock,
    private readonly seconds = pauseSeconds,
  ) {}

  start(pauseMs = this.seconds * 1000): void {
    this.#timer = setTimeout(() => {
      const began = this.clock.monotonicMs();
      this.#sweep = this.sweepOnce().then(() => {
        const tookMs = this.clock.monotonicMs() - began;
        if (!this.#stopped) this.start(Math.max(this.seconds * 1000, tookMs / largestShare));
      });
    }, pauseMs);
    this.#timer.unref();
  }

  /** Waits for a sweep that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweep;
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
}
