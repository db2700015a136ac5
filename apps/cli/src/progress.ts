import type { Writable } from 'node:stream';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { formatEta } from './quantities.js';

/** How far something is, while it runs. */
export interface Progress {
  /**
   * @param total null while unknown.
   * @param note What else is worth knowing. @default the time left at the rate so far
   */
  update(done: number, total: number | null, note?: string): void;
  /** A line that stays, above the bar. */
  log(line: string): void;
  /** Takes the bar away; further calls do nothing. */
  stop(): void;
}

/** For programs: nothing at all. */
export function silentProgress(): Progress {
  return { update() {}, log() {}, stop() {} };
}

/** Lines of a plain progress are at least this far apart, ms: what is quick says nothing. */
const plainLineMs = 2_000;
/** A rate says nothing before this time, ms. */
const rateMs = 1_000;

const performanceNow = () => performance.now();

/** How a progress is shown. */
export interface ProgressOptions {
  /** How the numbers are written. @default String */
  readonly show?: (value: number) => string;
  /** Lines that are no bar are at least this far apart, ms. @default 2000 */
  readonly lineMs?: number;
}

interface PlainProgressOptions extends ProgressOptions {
  readonly nowMs?: () => number;
}

/** For files and pipes: a line now and then. */
export function plainProgress(
  label: string,
  write: (line: string) => void,
  { lineMs = plainLineMs, show = String, nowMs = performanceNow }: PlainProgressOptions = {},
): Progress {
  const timeLeft = rateOf(nowMs);
  let lastLineMs = nowMs();
  return {
    update(done, total, note = timeLeft(done, total)) {
      if (!total || nowMs() - lastLineMs < lineMs) return;
      lastLineMs = nowMs();
      write(`${label}: ${show(done)} of ${show(total)}${note && `, ${note}`}`);
    },
    log(line) {
      lastLineMs = nowMs();
      write(line);
    },
    stop() {},
  };
}

/** Tells the time left from what was done since the first call; empty while that says nothing. */
function rateOf(nowMs: () => number): (done: number, total: number | null) => string {
  let first: { done: number; atMs: number } | undefined;
  return (done, total) => {
    first ??= { done, atMs: nowMs() };
    const elapsedMs = nowMs() - first.atMs;
    if (total === null || done <= first.done || elapsedMs < rateMs) return '';
    return formatEta({ secondsRemaining: (elapsedMs / 1000 / (done - first.done)) * (total - done) });
  };
}

/** For terminals: a bar that redraws in place, with lines scrolling above it. */
export function terminalProgress(
  label: string,
  stream: Writable & { readonly columns?: number },
  { show = String }: ProgressOptions = {},
): Progress {
  const format = `${label} {bar} {value}/{total}  {note}`;
  const bars = new MultiBar(
    {
      format,
      stream: stream as NodeJS.WritableStream,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      // Signals are for the command: it stops the bar when it has stopped everything else.
      gracefulExit: false,
      fps: 10,
      formatValue: (value, _, type) => (type === 'value' || type === 'total' ? show(value) : String(value)),
    },
    Presets.shades_classic,
  );
  const timeLeft = rateOf(performanceNow);
  let bar: SingleBar | undefined;
  let stopped = false;
  return {
    update(done, total, note = timeLeft(done, total)) {
      if (stopped) return;
      bar ??= bars.create(total ?? 1, 0, { note: '' });
      bar.setTotal(total ?? Math.max(1, done));
      bar.update(done, { note });
    },
    log(line) {
      if (stopped || !bar) stream.write(`${line}\n`);
      else bars.log(`${line}\n`);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      if (bar) bars.update(); // prints what was logged since the last redraw
      bars.stop();
    },
  };
}
