import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks, ms: often enough to lose no time, seldom enough to leave the cores to what is waited for. */
const pollMs = 20;

/** Waits for what gives no signal, e.g. the end of a process that is not a child; the test's own time is the limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(pollMs);
}
