import type { Clock } from '#primitives';
import type { Log } from './log.js';

/** Called after every piece of work. */
export type OnProgress = (done: number, total: number) => void;

/**
 * Says how far something is: in ten lines with the time left, and to a parent process that shows a bar, by a message for
 * every piece.
 *
 * @param what What is counted, as in `pictures drawn`.
 */
export function progressLines(
  log: Log,
  event: string,
  what: string,
  clock: Clock,
  tellParent: (message: unknown) => void = (message) => process.send?.(message),
): OnProgress {
  const beganMs = clock.monotonicMs();
  let shown = 0;
  return (done, total) => {
    tellParent({ progress: { done, total } });
    const tenth = Math.floor((10 * done) / total);
    if (tenth === shown) return;
    shown = tenth;
    const secondsRemaining = ((clock.monotonicMs() - beganMs) / 1000 / done) * (total - done);
    log.info(event, `${done} of ${total} ${what}, ${timeLeft(secondsRemaining)}`, { done, total, secondsRemaining });
  };
}

function timeLeft(seconds: number): string {
  return seconds < 60 ? `about ${Math.ceil(seconds)} s left` : `about ${(seconds / 60).toFixed(1)} min left`;
}
