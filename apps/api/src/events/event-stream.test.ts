import { expect, test } from 'vitest';
import type { StoredStudyEvent } from '#search';
import { eventStream, formatEvent } from './event-stream.js';
import { lastEventId } from './last-event-id.js';

const at = new Date('2026-01-02T03:04:05.678Z');
const eventOf = (id: number): StoredStudyEvent => ({ id, at, event: { type: 'study.state', state: 'RUNNING' } });

/** A log that grows by one event whenever it was read to its end. */
function growingLog(ids: number[]) {
  return {
    reads: [] as number[],
    async events(_studyId: string, afterId: number, limit: number) {
      this.reads.push(afterId);
      const found = ids.filter((id) => id > afterId).slice(0, limit);
      if (found.length === 0) ids.push(Math.max(0, ...ids) + 3);
      return found.map(eventOf);
    },
  };
}

test('formatEvent() writes id, type and one line of JSON', () => {
  expect(formatEvent(eventOf(7))).toBe(
    'id: 7\nevent: study.state\ndata: {"type":"study.state","state":"RUNNING","at":"2026-01-02T03:04:05.678Z"}\n\n',
  );
});

test('eventStream() says where it begins, catches up in batches, then follows', async () => {
  const log = growingLog([1, 4, 5, 9]);
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const chunk of eventStream(log, 'study', 1, stop.signal, { pollMs: 1, batch: 2 })) {
    seen.push(chunk.split('\n').find((line) => line.startsWith('id:')) ?? chunk);
    if (seen.length === 6) stop.abort();
  }
  expect(seen).toEqual(['id: 1', 'id: 4', 'id: 5', 'id: 9', 'id: 12', 'id: 15']);
  expect(log.reads.slice(0, 3)).toEqual([1, 5, 9]);
});

test('eventStream() tells the progress after what happened, without an id, and not again until more did', async () => {
  const stop = new AbortController();
  const log = { events: async (_: string, afterId: number) => (afterId < 2 ? [eventOf(afterId + 1)] : []) };
  let asked = 0;
  const progress = async () => ({ finished: ++asked, total: 5, eta: null });
  const chunks: string[] = [];
  const paces = { pollMs: 1, heartbeatMs: 5, progressMs: 0 };
  for await (const chunk of eventStream(log, 'study', 0, stop.signal, { ...paces, progress })) {
    chunks.push(chunk);
    if (chunks.length === 7) stop.abort();
  }
  expect(chunks.map((chunk) => /^(?:event|id|retry|:).*/.exec(chunk)?.[0])).toEqual([
    ...['retry: 2000', 'id: 1', 'event: study.progress', 'id: 2', 'event: study.progress'],
    ...[': heartbeat', ': heartbeat'],
  ]);
  expect(chunks[2]).toMatch(
    /^event: study\.progress\ndata: \{"type":"study\.progress".*"finished":1,"total":5,"eta":null\}\n\n$/,
  );
});

test('eventStream() sends a comment when it is quiet', async () => {
  const stop = new AbortController();
  const quiet = { events: async () => [] };
  const chunks: string[] = [];
  for await (const chunk of eventStream(quiet, 'study', 0, stop.signal, { pollMs: 1, heartbeatMs: 2 })) {
    chunks.push(chunk);
    if (chunks.length === 3) stop.abort();
  }
  expect(chunks).toEqual(['retry: 2000\nid: 0\n\n', ': heartbeat\n\n', ': heartbeat\n\n']);
});

test('eventStream() ends quietly when the database goes away because the service stops, and fails otherwise', async () => {
  const stop = new AbortController();
  const drain = async (signal: AbortSignal, leave: () => void) => {
    const log = {
      events: async () => {
        leave();
        throw new Error('Connection terminated');
      },
    };
    for await (const _ of eventStream(log, 'study', 0, signal));
  };
  await drain(stop.signal, () => stop.abort());
  await expect(drain(new AbortController().signal, () => undefined)).rejects.toThrow('Connection terminated');
});

test('lastEventId() reads what a browser sends back and refuses what it would not', () => {
  expect(lastEventId(undefined)).toBeUndefined();
  expect(lastEventId('42')).toBe(42);
  expect(() => lastEventId('4 OR 1=1')).toThrow('Last-Event-ID is "4 OR 1=1", must be an integer >= 0');
});
