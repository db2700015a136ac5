import type { Clock } from '#primitives';
import { type Answer, ApiUnavailableError, pause } from './api-client.js';

/** Why work has to stop before it is finished. */
export type LeaseEnd = { readonly kind: 'lost'; readonly reason: string } | { readonly kind: 'cancelled' };

export interface LeaseOptions {
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  /** When the claim was asked for, monotonic ms: the lease is counted from before the service could have granted it. */
  readonly sentAtMs: number;
  readonly clock: Clock;
  /** One heartbeat, repeated inside until the deadline. */
  readonly beat: () => Promise<Answer<{ cancel: boolean }>>;
  /** Called once, when the work must stop. */
  readonly onEnd: (end: LeaseEnd) => void;
}

/**
 * The worker's own view of its lease: beats from the parent process and fences itself on the monotonic clock, so that
 * a worker that was asleep or cut off stops before the service gives the work to another one.
 */
export class Lease {
  #deadlineMs: number;
  readonly #stopped = new AbortController();
  #fence: NodeJS.Timeout | undefined;

  constructor(private readonly options: LeaseOptions) {
    this.#deadlineMs = this.#deadlineFrom(options.sentAtMs);
  }

  /** Starts beating and fencing. */
  start(): void {
    this.#armFence();
    void this.#beatLoop();
  }

  /** No more beats, no fence. Later calls do nothing. */
  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#fence);
  }

  /** Last moment, monotonic ms, at which the work may still be this worker's: a tenth (at most 5 s) before the lease ends. */
  deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** A request that renews the lease was accepted; it counts from when it was sent. */
  renewed(sentAtMs: number): void {
    this.#deadlineMs = Math.max(this.#deadlineMs, this.#deadlineFrom(sentAtMs));
    if (!this.#stopped.signal.aborted) this.#armFence();
  }

  #deadlineFrom(sentAtMs: number): number {
    const leaseMs = this.options.leaseSeconds * 1000;
    return sentAtMs + leaseMs - Math.min(5000, leaseMs / 10);
  }

  #armFence(): void {
    clearTimeout(this.#fence);
    const leftMs = this.#deadlineMs - this.options.clock.monotonicMs();
    this.#fence = setTimeout(() => this.#checkFence(), Math.max(0, leftMs));
  }

  #checkFence(): void {
    if (this.options.clock.monotonicMs() < this.#deadlineMs) this.#armFence();
    else this.#end({ kind: 'lost', reason: `no answer from the service for ${this.options.leaseSeconds} s` });
  }

  #end(end: LeaseEnd): void {
    if (this.#stopped.signal.aborted) return;
    this.stop();
    this.options.onEnd(end);
  }

  async #beatLoop(): Promise<void> {
    for (;;) {
      await pause(this.options.heartbeatSeconds * 1000, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      try {
        const answer = await this.options.beat();
        if (answer.lost) return this.#end({ kind: 'lost', reason: answer.reason });
        this.renewed(answer.sentAtMs);
        if (answer.value.cancel) return this.#end({ kind: 'cancelled' });
      } catch (error) {
        if (!(error instanceof ApiUnavailableError)) {
          return this.#end({ kind: 'lost', reason: error instanceof Error ? error.message : String(error) });
        }
      }
    }
  }
}
