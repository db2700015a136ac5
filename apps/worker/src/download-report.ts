import type { Clock } from '#primitives';
import { megabytes } from './download-error.js';
import type { Log } from './log.js';

const everyMs = 250;

/** Says how far a download is: at once, then at most four times a second, and never later than that. */
export class DownloadReport {
  #start: { readonly ms: number; readonly bytes: number } | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;
  #pending: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly name: string,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  readonly onProgress = (receivedBytes: number, totalBytes: number | null): void => {
    const now = this.clock.monotonicMs();
    this.#start ??= { ms: now, bytes: receivedBytes };
    clearTimeout(this.#pending);
    const waitMs = receivedBytes === totalBytes ? 0 : this.#toldMs + everyMs - now;
    if (waitMs <= 0) this.#tell(receivedBytes, totalBytes);
    else this.#pending = setTimeout(() => this.#tell(receivedBytes, totalBytes), waitMs);
  };

  readonly onRetry = (reason: string, waitMs: number): void => {
    this.end();
    this.#start = undefined;
    const { name } = this;
    this.log.warn('weights.retry', `${name}: ${reason}; trying again in ${waitMs / 1000} s`, { name, reason, waitMs });
  };

  /** Nothing is said after this. */
  end(): void {
    clearTimeout(this.#pending);
  }

  #tell(receivedBytes: number, totalBytes: number | null): void {
    const { name } = this;
    this.#toldMs = this.clock.monotonicMs();
    const { ms = this.#toldMs, bytes = 0 } = this.#start ?? {};
    const seconds = (this.#toldMs - ms) / 1000;
    const bytesPerSecond = seconds > 0 ? Math.round((receivedBytes - bytes) / seconds) : null;
    const secondsRemaining = totalBytes && bytesPerSecond ? (totalBytes - receivedBytes) / bytesPerSecond : null;
    const of = totalBytes === null ? '' : ` of ${megabytes(totalBytes)}`;
    const rate = bytesPerSecond === null ? '' : `, ${megabytes(bytesPerSecond)}/s`;
    const fields = { name, receivedBytes, totalBytes, bytesPerSecond, secondsRemaining };
    this.log.info('weights.progress', `${name}: ${megabytes(receivedBytes)}${of}${rate}`, fields);
  }
}
