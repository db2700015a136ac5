/** One thing that happened: a stable name for machines, a sentence for people, and the figures of both. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What the worker says while it works. */
export interface Log {
  info(event: string, message: string, fields?: LogFields): void;
  warn(event: string, message: string, fields?: LogFields): void;
  error(event: string, message: string, fields?: LogFields): void;
}

/**
 * Writes one line per event: JSON with `--json`, otherwise the time and the sentence.
 *
 * @param write Takes one line with its line break; a broken pipe must not throw here.
 */
export function createLog(json: boolean, write: (line: string) => void, now: () => number): Log {
  const line =
    (level: string) =>
    (event: string, message: string, fields: LogFields = {}) => {
      const time = new Date(now()).toISOString();
      if (json) return write(`${JSON.stringify({ time, level, event, message, ...fields })}\n`);
      write(`${time.slice(11, 19)} ${level === 'info' ? '' : `${level}: `}${message}\n`);
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
