import { describe, expect, test } from 'vitest';
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.js';

const stream = [
  ': a comment\r\n\r\n',
  'id: 7\nevent: trial.finished\ndata: {"number":1}\n\n',
  'data: first\rdata:second\r\r',
  'retry: 100\nunknown: x\nevent: without-data\n\n',
  'event: é…\r\ndata\r\n\r\n',
  'data: never closed',
].join('');

const expected: ServerSentEvent[] = [
  { id: '7', event: 'trial.finished', data: '{"number":1}' },
  { id: '7', event: 'message', data: 'first\nsecond' },
  { id: '7', event: 'é…', data: '' },
];

describe('readServerSentEvents()', () => {
  test('gives the same events however the network cuts the bytes', async () => {
    const bytes = new TextEncoder().encode(stream);
    for (let size = 1; size <= bytes.length; size += 1) {
      expect(await collect(chunksOf(bytes, size)), `chunks of ${size} bytes`).toEqual(expected);
    }
  });

  test('ignores an id that holds a null character', async () => {
    const bytes = new TextEncoder().encode('id: 1\n\nid: 2\0\ndata: x\n\n');
    expect(await collect(chunksOf(bytes, bytes.length))).toEqual([{ id: '1', event: 'message', data: 'x' }]);
  });

  test('dispatches an event whose last line break is a lone CR at the end of the stream', async () => {
    const bytes = new TextEncoder().encode('data: x\r\r');
    expect(await collect(chunksOf(bytes, 3))).toEqual([{ id: '', event: 'message', data: 'x' }]);
  });
});

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readServerSentEvents(chunks)) events.push(event);
  return events;
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
