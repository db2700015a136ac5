import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { markedProcesses, markName } from '../support/marked-processes.js';
import { type RunningCli, startCli } from '../support/run-cli.js';

/** One folder for all: each run goes on with what the one before left. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retune interrupt '));
  chmodSync(folder, 0o755); // the user that root's database runs as must get in
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Stopping may take this long, ms; the promise is "a few seconds", on a machine that is busy. */
const limitMs = 20_000;

test('SIGINT while pictures are drawn ends the demo with 130 and leaves nothing half drawn', async () => {
  const { demo, mark } = startDemo();
  await demo.printed(/\[1\/6\] Pictures/);
  await interrupted(demo, mark);
  expect(existsSync(join(folder, 'data', 'demo', 'pictures'))).toBe(false);
});

test('SIGINT while the service starts ends API and database', async () => {
  const { demo, mark } = startDemo();
  await demo.printed(/\[2\/6\] Service/);
  await interrupted(demo, mark);
});

test('SIGINT in the middle of a trial ends worker, training, API and database', async () => {
  const { demo, mark } = startDemo();
  await demo.printed(/trials .* at the most/);
  await startedTraining(demo, mark);
  await interrupted(demo, mark);
});

test('after kill -9 everything it started ends by itself, and the next start takes the folder over', async () => {
  const first = startDemo();
  await first.demo.printed(/trials .* at the most/);
  await startedTraining(first.demo, first.mark);
  first.demo.process.kill('SIGKILL');
  await first.demo.ended;
  const second = startDemo();
  await second.demo.printed(/\[3\/6\] Dataset/);
  expect(markedProcesses(first.mark)).toEqual([]);
  await interrupted(second.demo, second.mark);
});

function startDemo(): { demo: RunningCli; mark: string } {
  const mark = randomUUID();
  return { demo: startCli(['demo'], { folder, env: { [markName]: mark } }), mark };
}

/** Waits for the process that trains; its worker starts it a moment after the study is created. */
async function startedTraining(demo: RunningCli, mark: string): Promise<void> {
  let ended = false;
  void demo.ended.then(() => {
    ended = true;
  });
  while (!markedProcesses(mark, folder).some(({ command }) => command.includes('trial-process'))) {
    if (ended || process.platform !== 'linux') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function interrupted({ process, ended }: RunningCli, mark: string): Promise<void> {
  const startedMs = performance.now();
  process.kill('SIGINT');
  const { code, stderr } = await ended;
  expect({ code, stderr: stderr.trim() }).toEqual({ code: 130, stderr: 'Interrupted.' });
  expect(performance.now() - startedMs).toBeLessThan(limitMs);
  expect(markedProcesses(mark, folder)).toEqual([]);
}
