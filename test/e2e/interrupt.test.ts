import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { markedProcesses, markName } from '../support/marked-processes.js';
import { type RunningCli, startCli } from '../support/run-cli.js';
import { until } from '../support/until.js';

/** One folder for all: each run goes on with what the one before left. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retune interrupt '));
  chmodSync(folder, 0o755); // the user that root's database runs as must get in
});
afterAll(() => rmSync(folder, { recursive: true }));

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

test('a reader of stdout that goes away interrupts a demo that is not done, and everything it started ends', async () => {
  const { demo, mark } = startDemo();
  await demo.printed(/\[2\/6\] Service/);
  demo.process.stdout.destroy();
  const { code, stderr } = await demo.ended;
  expect([code, stderr.trim()]).toEqual([130, 'Interrupted.']);
  expect(markedProcesses(mark, folder)).toEqual([]);
});

test('a closed terminal (SIGHUP to the whole group) ends retune start, its worker and its database', async () => {
  const { service, mark } = await startService();
  process.kill(-(service.process.pid as number), 'SIGHUP');
  const { code } = await service.ended;
  expect(code).toBe(0);
  expect(markedProcesses(mark, folder)).toEqual([]);
});

// The API is found in /proc.
test.runIf(process.platform === 'linux')(
  'kill -9 of the API ends retune start with 1, and worker and database with it',
  async () => {
    const { service, mark } = await startService();
    const api = markedProcesses(mark).find(({ command }) => command.includes('/apps/api/'));
    expect(markedProcesses(mark, folder).some(({ command }) => /bin\/postgres -D /.test(command))).toBe(true);
    process.kill(api?.pid as number, 'SIGKILL');
    const { code, stderr } = await service.ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^retune: The API was ended by SIGKILL\n/)]);
    expect(markedProcesses(mark, folder)).toEqual([]);
  },
);

async function startService(): Promise<{ service: RunningCli; mark: string }> {
  const mark = randomUUID();
  const service = startCli(['start', '--port', '0'], { folder, env: { [markName]: mark }, group: true });
  await service.printed(/Ctrl-C stops it/);
  return { service, mark };
}

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
  if (process.platform !== 'linux') return;
  await until(() => ended || markedProcesses(mark).some(({ command }) => command.includes('work-process')));
}

async function interrupted({ process, ended }: RunningCli, mark: string): Promise<void> {
  process.kill('SIGINT');
  const { code, stderr } = await ended;
  expect({ code, stderr: stderr.trim() }).toEqual({ code: 130, stderr: 'Interrupted.' });
  expect(markedProcesses(mark, folder)).toEqual([]);
}
