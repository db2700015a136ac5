import { expect, test } from 'vitest';
import { KeyedMutex } from './keyed-mutex.js';

test('KeyedMutex.run() runs one piece of work at a time for a key, in order, and others beside it', async () => {
  const mutex = new KeyedMutex();
  const log: string[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const work = (name: string, wait?: Promise<void>) => async () => {
    log.push(`${name} begins`);
    await wait;
    log.push(`${name} ends`);
    return name;
  };
  const all = [
    mutex.run('a', work('a1', gate)),
    mutex.run('a', work('a2')),
    mutex.run('b', work('b1')).then((name) => {
      release();
      return name;
    }),
  ];
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'b1']);
  expect(log).toEqual(['a1 begins', 'b1 begins', 'b1 ends', 'a1 ends', 'a2 begins', 'a2 ends']);
});

test('KeyedMutex.run() passes a failure to its own caller and goes on with the next', async () => {
  const mutex = new KeyedMutex();
  const failing = mutex.run('a', async () => {
    throw new Error('no');
  });
  const next = mutex.run('a', async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
