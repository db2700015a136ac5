import { expect, test } from 'vitest';
import { WarmCache } from './warm-cache.js';

/** A cache whose values are made and freed before the eyes of the test. */
function watched(limitBytes: number) {
  const cache = new WarmCache(limitBytes);
  const events: string[] = [];
  const get = (name: string, bytes: number) =>
    cache.get([name], async () => {
      events.push(`+${name}`);
      const dispose = async () => void events.push(`-${name}`);
      return { value: name, bytes, dispose };
    });
  return { cache, events, get };
}

test('WarmCache.get() makes a value once, and the least recently used goes first', async () => {
  const { cache, events, get } = watched(100);
  for (const name of ['a', 'b', 'a']) {
    expect(await get(name, 40)).toBe(name);
    await cache.end();
  }
  await get('c', 40);
  expect(events).toEqual(['+a', '+b', '+c', '-b']);
});

test('WarmCache keeps what the trial under way uses, however much it is, and shrinks at its end', async () => {
  const { cache, events, get } = watched(100);
  for (const name of ['a', 'b', 'c']) await get(name, 60);
  expect(events).toEqual(['+a', '+b', '+c']);
  await cache.end();
  expect(events).toEqual(['+a', '+b', '+c', '-a', '-b']);
});

test('WarmCache.reusedBytes counts what earlier trials left and this one uses', async () => {
  const { cache, get } = watched(100);
  await get('a', 30);
  await get('b', 30);
  expect(cache.reusedBytes).toBe(0);
  await cache.end();
  await get('b', 30);
  await get('c', 30);
  expect(cache.reusedBytes).toBe(30);
});

test('WarmCache of no bytes leaves nothing for the next trial', async () => {
  const { cache, events, get } = watched(0);
  await get('a', 0);
  await get('a', 0);
  await cache.end();
  expect(events).toEqual(['+a', '-a']);
});

test('WarmCache.makeRoom() frees of one kind all that is not in use', async () => {
  const { cache, events, get } = watched(100);
  for (const name of ['trainer', 'pictures']) await get(name, 10);
  await cache.end();
  await get('other', 10);
  await cache.makeRoom(Number.POSITIVE_INFINITY, 'trainer');
  expect(events.slice(3)).toEqual(['-trainer']);
});

test('WarmCache.release() lets a value of the trial under way go where room is needed, and not where it is used again', async () => {
  const { cache, events, get } = watched(100);
  for (const name of ['a', 'b']) {
    await get(name, 60);
    cache.release([name]);
  }
  expect(events).toEqual(['+a', '+b', '-a']);
  await get('b', 60);
  await get('c', 60);
  expect(events).toEqual(['+a', '+b', '-a', '+c']);
});
