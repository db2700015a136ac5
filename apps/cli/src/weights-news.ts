import type { WorkerEvent } from './follow-worker.js';
import type { Output } from './output.js';
import type { Progress } from './progress.js';
import { formatBytes, formatEta } from './quantities.js';

/** Fields of `weights.progress`. */
interface Received {
  readonly name: string;
  readonly receivedBytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsRemaining: number | null;
}

/** Shows what a download or an import says: a bar while bytes come, a line for everything else. */
export class WeightsNews {
  private bar: Progress | undefined;

  constructor(private readonly output: Output) {}

  tell(event: WorkerEvent): void {
    if (this.output.json) this.output.event(event);
    else if (event.event === 'weights.progress') this.progress(event as unknown as Received);
    else if (event.event === 'weights.retry' && this.bar) this.bar.log(event.message);
    else if (event.event !== 'worker.stopping') this.line(event);
  }

  private line({ level, message }: WorkerEvent): void {
    this.end();
    if (level === 'error') this.output.remark(message);
    else this.output.line(message);
  }

  /** Takes the bar away. */
  end(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  private progress({ name, receivedBytes, totalBytes, bytesPerSecond, secondsRemaining }: Received): void {
    this.bar ??= this.output.progress(name, { show: formatBytes });
    const rate = bytesPerSecond === null ? '' : `${formatBytes(bytesPerSecond)}/s`;
    const left = secondsRemaining === null ? '' : formatEta({ secondsRemaining });
    this.bar.update(receivedBytes, totalBytes, [rate, left].filter(Boolean).join(', '));
  }
}
