import { setTimeout as wait } from 'node:timers/promises';
import type { Study } from '#api-contract';
import type { ManageStudies, StoredStudyEvent } from '#search';

/** How a stream of events is paced. */
export interface EventStreamOptions {
  /** Pause between two looks into the database while nothing happens, ms. @default {400} */
  readonly pollMs?: number;
  /** A comment is sent after this long without an event, ms. @default {15_000} */
  readonly heartbeatMs?: number;
  /** Events read at once. @default {200} */
  readonly batch?: number;
  /** How far the study is: told after what happened, for readers that are up to date. @default nothing is told */
  readonly progress?: () => Promise<StudyProgress>;
  /** Progress is told this often at the most, ms. @default {2_000} */
  readonly progressMs?: number;
}

/** What a stream tells of a study between its events. */
export interface StudyProgress {
  readonly finished: number;
  readonly total: number;
  readonly eta: Study['eta'];
}

/**
 * The events of a study after `afterId` as server-sent events, without end: what was missed first, then what happens.
 * Read from the database by id, so it does not matter which service a client is connected to.
 *
 * @param signal Ends the stream, within one read of the database.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* eventStream(
  studies: Pick<ManageStudies, 'events'>,
  studyId: string,
  afterId: number,
  signal: AbortSignal,
  { pollMs = 400, heartbeatMs = 15_000, batch = 200, progress, progressMs = 2_000 }: EventStreamOptions = {},
): AsyncGenerator<string> {
  // An id without data: a client that is cut off before the first event still knows where to go on.
  yield `retry: 2000\nid: ${afterId}\n\n`;
  let lastId = afterId;
  let quietSince = performance.now();
  let isStale = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const found = await readUnlessAborted(() => studies.events(studyId, lastId, batch), signal);
    for (const event of found) yield formatEvent(event);
    lastId = found.at(-1)?.id ?? lastId;
    if (found.length > 0) {
      quietSince = performance.now();
      isStale = true;
    }
    if (progress && isStale && found.length < batch && performance.now() - toldAt >= progressMs) {
      const [told] = await readUnlessAborted(async () => [await progress()], signal);
      if (told) yield formatProgress(told);
      isStale = false;
      toldAt = performance.now();
    }
    if (performance.now() - quietSince >= heartbeatMs) {
      yield ': heartbeat\n\n';
      quietSince = performance.now();
    }
    if (found.length < batch) await pause(pollMs, signal);
  }
}

/** One event on the wire. JSON has no line breaks, so `data:` is one line. */
export function formatEvent({ id, at, event }: StoredStudyEvent): string {
  const data = JSON.stringify({ ...event, at: at.toISOString() });
  return `id: ${id}\nevent: ${event.type}\ndata: ${data}\n\n`;
}

/** Progress on the wire: without an id, as it is no event that a client could go on from. */
function formatProgress(progress: StudyProgress): string {
  const data = JSON.stringify({ type: 'study.progress', at: new Date().toISOString(), ...progress });
  return `event: study.progress\ndata: ${data}\n\n`;
}

/** A service that stops takes the database away while a stream may still be reading: that is no failure. */
async function readUnlessAborted<Item>(read: () => Promise<readonly Item[]>, signal: AbortSignal) {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal, ref: false }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}
