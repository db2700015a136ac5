import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChildProcess } from '../../apps/cli/src/child-process.js';
import { isAlive } from '../../apps/cli/src/process-tree.js';
import { repository } from '../../apps/cli/src/repository.js';
import { until } from '../support/until.js';

const never = new AbortController().signal;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retune processes '));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that ignores SIGTERM, starts another one that does, and says both ids. */
const stubborn = `
import { spawn } from 'node:child_process';
process.on('SIGTERM', () => console.log('SIGTERM ignored'));
const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)']);
child.stdout.once('data', () => process.send({ pids: [process.pid, child.pid] }));
setInterval(() => {}, 1000);
`;

describe('ChildProcess', () => {
  test('stop() asks first, then ends the process and everything it started', async () => {
    const logFile = join(folder, 'logs', 'stubborn.log');
    const child = new ChildProcess({ name: 'test', entry: fileOf('stubborn.mjs', stubborn), args: [], logFile });
    const pids = await child.message(pidsOf, never);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await child.stop(300);
    expect(child.running).toBe(false);
    await until(() => !pids.some(isAlive));
    expect(readFileSync(logFile, 'utf8')).toContain('SIGTERM ignored');
  });

  test('stop() lets a process end by itself', async () => {
    const polite = `process.on('SIGTERM', () => process.exit(7)); process.send({ pids: [] }); setInterval(() => {}, 1000);`;
    const child = new ChildProcess({ name: 'test', entry: fileOf('polite.mjs', polite), args: [] });
    await child.message(pidsOf, never);
    await child.stop(20_000);
    expect(await child.ended).toEqual({ code: 7, signal: null });
  });

  test('message() fails with the end of the log when the process ends first', async () => {
    const logFile = join(folder, 'broken.log');
    const broken = `console.error(JSON.stringify({ level: 'fatal', message: 'no database\\nat x' })); process.exit(3);`;
    const child = new ChildProcess({ name: 'API', entry: fileOf('broken.mjs', broken), args: [], logFile });
    await expect(child.message(pidsOf, never)).rejects.toMatchObject({
      message: 'The API ended with exit code 3',
      details: ['broken.log: no database', `The whole log: ${logFile}`],
    });
  });

  test('ends itself when its parent was killed', async () => {
    const idle = fileOf('idle.mjs', `process.send({ pids: [process.pid] }); setInterval(() => {}, 1000);`);
    const module = JSON.stringify(join(repository.root, 'dist/apps/cli/src/child-process.js'));
    const parent = `
      const { ChildProcess } = await import(${module});
      const child = new ChildProcess({ name: 'test', entry: ${JSON.stringify(idle)}, args: [] });
      await child.message((message) => message.pids, new AbortController().signal);
      console.log(child.pid);
    `;
    const process = spawn(globalThis.process.execPath, [fileOf('parent.mjs', parent)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = (await once(process.stdout, 'data')) as [Buffer];
    const child = Number(String(printed).trim());
    expect(isAlive(child)).toBe(true);
    process.kill('SIGKILL');
    await until(() => !isAlive(child));
  });
});

function fileOf(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function pidsOf(message: unknown): number[] | undefined {
  return (message as { pids?: number[] }).pids;
}
