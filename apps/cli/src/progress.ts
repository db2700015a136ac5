import type { Writable } from 'node:stream';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** How far something is, while it runs. */
export interface Progress {
  /** @param total null while unknown. @param note What else is worth knowing, e.g. the time left. */
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

/** For files and pipes: a line now and then. */
export function plainProgress(
  label: string,
  write: (line: string) => void,
  options: { readonly nowMs?: () => number; readonly show?: (value: number) => string } = {},
): Progress {
  const { nowMs = () => performance.now(), show = String } = options;
  let lastLineMs = nowMs();
  return {
    update(done, total, note) {
      if (!total || nowMs() - lastLineMs < plainLineMs) return;
      lastLineMs = nowMs();
      write(`${label}: ${show(done)} of ${show(total)}${note ? `, ${note}` : ''}`);
    },
    log: write,
    stop() {},
  };
}

/** For terminals: a bar that redraws in place, with lines scrolling above it. */
export function terminalProgress(
  label: string,
  stream: Writable & { readonly columns?: number },
  show: (value: number) => string = String,
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
  let bar: SingleBar | undefined;
  let stopped = false;
  return {
    update(done, total, note = '') {
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
