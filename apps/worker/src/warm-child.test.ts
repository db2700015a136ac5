import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ChildEnd } from './child-run.js';
import { WarmChild, type WarmChildLimits } from './warm-child.js';

const entry = join(mkdtempSync(join(tmpdir(), 'retune-warm-')), 'child.mjs');
writeFileSync(
  entry,
  `process.on('disconnect', () => process.exit(0));
   process.on('message', ({ type, job }) => {
     if (type !== 'start') return;
     process.send({ type: 'started' });
     if (job === 'fail') process.send({ type: 'failure', failure: { code: 'ERROR', message: 'no', stack: '' } });
     else if (job === 'die') process.exit(7);
     else if (job === 'ask') process.send({ type: 'ask', id: 0, topic: 'x', body: null });
     else process.send({ type: 'result', result: process.pid, residentBytes: process.memoryUsage.rss() });
   });
   process.send({ type: 'ready' });`,
);
const children: WarmChild[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await child.close();
});

function warm(limits?: WarmChildLimits): WarmChild {
  const child = new WarmChild(entry, {}, limits);
  children.push(child);
  return child;
}

const onAsk = () => Promise.reject(new Error('nobody answers'));
const run = (child: WarmChild, job: unknown): Promise<ChildEnd> => child.start({ job, onAsk }).end;
async function pid(child: WarmChild): Promise<number> {
  const end = await run(child, 'pid');
  if (end.kind !== 'result') throw new Error(JSON.stringify(end));
  return end.result as number;
}

test('WarmChild does job after job in one process', async () => {
  const child = warm();
  const first = await pid(child);
  expect([await pid(child), await pid(child)]).toEqual([first, first]);
});

test.each([
  ['failure', 'fail'],
  ['died', 'die'],
] as const)('WarmChild takes another process after a %s, which only its own job sees', async (kind, job) => {
  const child = warm();
  const first = await pid(child);
  expect((await run(child, job)).kind).toBe(kind);
  expect(await pid(child)).not.toBe(first);
});

test('WarmChild takes another process after a job was killed or its question failed', async () => {
  const child = warm();
  const first = await pid(child);
  const running = child.start({ job: 'ask', onAsk: () => new Promise(() => {}) });
  running.kill();
  expect(await running.end).toMatchObject({ kind: 'died', signal: 'SIGKILL' });
  const second = await pid(child);
  expect(second).not.toBe(first);
  await expect(run(child, 'ask')).rejects.toThrow('nobody answers');
  expect(await pid(child)).not.toBe(second);
});

test('WarmChild does a job in another process where the one that waited was ended', async () => {
  const child = warm();
  const first = await pid(child);
  process.kill(first, 'SIGKILL');
  expect(await pid(child)).not.toBe(first);
});

test.each([{ jobs: 1 }, { residentBytes: 1 }])('WarmChild takes another process at its limit %j', async (limits) => {
  const child = warm(limits);
  expect(await pid(child)).not.toBe(await pid(child));
});

test('WarmChild starts nothing ahead once it is closed or the worker ends', async () => {
  const stop = new AbortController();
  const child = warm({ stop: stop.signal });
  const first = await pid(child);
  stop.abort();
  expect((await run(child, 'die')).kind).toBe('died');
  child.prepare();
  await child.close();
  expect(() => process.kill(first, 0)).toThrow();
});
