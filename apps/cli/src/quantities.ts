/** How numbers are written for people. Every function gives `-` for what is absent or not finite. */

const absent = '-';
type Quantity = number | null | undefined;

function isKnown(value: Quantity): value is number {
  return value !== undefined && value !== null && Number.isFinite(value);
}

/** 0–1 as per cent with one decimal: `92.8 %`. */
export function formatAccuracy(accuracy: Quantity): string {
  return isKnown(accuracy) ? `${(accuracy * 100).toFixed(1)} %` : absent;
}

/** An accuracy and its 95 % interval, both 0–1: `92.8 % (87.6–95.9)`. */
export function formatInterval(accuracy: Quantity, interval: { low: number; high: number } | null): string {
  if (!isKnown(accuracy) || interval === null) return formatAccuracy(accuracy);
  return `${formatAccuracy(accuracy)} (${(interval.low * 100).toFixed(1)}–${(interval.high * 100).toFixed(1)})`;
}

/** Milliseconds with three digits that mean something: `0.42 ms`, `8.31 ms`, `27.5 ms`, `1240 ms`. */
export function formatMilliseconds(value: Quantity): string {
  return isKnown(value) ? `${threeDigits(value)} ms` : absent;
}

/** Decimal units, as file managers show them: `5.0 MB`. */
export function formatBytes(value: Quantity): string {
  if (!isKnown(value)) return absent;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let amount = value;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? amount : threeDigits(amount)} ${units[unit]}`;
}

/** A duration in seconds, rounded to what a person waits for: `4.2 s`, `38 s`, `2 min 05 s`, `3 h 07 min`. */
export function formatSeconds(value: Quantity): string {
  if (!isKnown(value)) return absent;
  const seconds = Math.max(0, value);
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** What is left, and where it lies with 90 %, seconds. */
export interface TimeLeft {
  readonly secondsRemaining: number;
  readonly low?: number;
  readonly high?: number;
}

/** What is left of a study: `about 2 min 05 s left (1 min 40 s–2 min 30 s)`; empty while nobody can know. */
export function formatEta(eta: TimeLeft | null): string {
  if (eta === null || !Number.isFinite(eta.secondsRemaining)) return '';
  if (eta.secondsRemaining <= 0) return 'nearly done';
  const { secondsRemaining, low, high } = eta;
  const interval = low === undefined || high === undefined ? '' : ` (${formatBetween(low, high)})`;
  return `about ${formatSeconds(roundForPeople(secondsRemaining))} left${interval}`;
}

/** Two durations as ends of an interval: `40–55 s`, `50 s–1 min 10 s`. */
export function formatBetween(low: number, high: number): string {
  const [from, to] = [formatSeconds(roundForPeople(low)), formatSeconds(roundForPeople(high))];
  const inSeconds = /^[\d.]+ s$/;
  return inSeconds.test(from) && inSeconds.test(to) ? `${from.slice(0, -2)}–${to}` : `${from}–${to}`;
}

/** A learning rate with two digits: `0.0031`, `1.5e-5`. */
export function formatLearningRate(value: Quantity): string {
  if (!isKnown(value)) return absent;
  return value >= 1e-4 ? String(Number(value.toPrecision(2))) : value.toExponential(1);
}

/** Whole seconds, and from a minute on fives of them: nobody predicts better. */
function roundForPeople(seconds: number): number {
  return seconds < 60 ? Math.max(1, Math.round(seconds)) : Math.round(seconds / 5) * 5;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
