import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolderLock } from './data-folder-lock.js';
import { identityOf, isAlive } from './process-tree.js';

const never = new AbortController().signal;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'retune-lock-'));
  mkdirSync(join(folder, 'locks'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('DataFolderLock', () => {
  test('take() refuses a folder that a living command of ours serves, and names it', async () => {
    const holder = spawnCommand();
    hold({ ...identityOf(holder.pid as number), children: [] });
    await expect(DataFolderLock.take(folder, never)).rejects.toThrow(`in use by process ${holder.pid}`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = await DataFolderLock.take(folder, never);
    lock.release();
    expect(readdirSync(join(folder, 'locks'))).toEqual([]);
  });

  test('take() waits for what a killed command left running', async () => {
    const orphan = spawnCommand();
    hold({ pid: 2 ** 22 + 1, started: '1', children: [identityOf(orphan.pid as number)] });
    const taken = DataFolderLock.take(folder, never);
    orphan.kill('SIGTERM');
    const lock = await taken;
    expect(isAlive(orphan.pid as number)).toBe(false);
    lock.addChild(2 ** 22 + 2);
    expect(JSON.parse(readFileSync(join(folder, 'locks', 'service.json'), 'utf8'))).toEqual({
      ...identityOf(process.pid),
      children: [{ pid: 2 ** 22 + 2, started: null }],
    });
  });

  test('take() does not mind a foreign process that got the id since, nor a torn file', async () => {
    const foreign = spawn('sleep', ['60']);
    const noted = identityOf(foreign.pid as number);
    hold({ ...noted, children: [noted] });
    await DataFolderLock.take(folder, never);
    expect(isAlive(foreign.pid as number)).toBe(true);
    foreign.kill('SIGKILL');

    writeFileSync(join(folder, 'locks', 'service.json'), '{"pi');
    await DataFolderLock.take(folder, never);
  });
});

test('take() leaves alone what got the id of a process that is gone, be it another command of ours or this very process', async () => {
  const other = spawnCommand();
  const recycled = { pid: other.pid, started: '1' };
  const self = identityOf(process.pid);
  hold({ ...recycled, children: [recycled, { ...self, started: '1' }, self] });
  const lock = await DataFolderLock.take(folder, never);
  expect(isAlive(other.pid as number)).toBe(true);
  other.kill('SIGKILL');
  lock.release();
});

/** A process that looks like one of this project. */
function spawnCommand() {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '/apps/api/stand-in']);
}

function hold(holder: unknown): void {
  writeFileSync(join(folder, 'locks', 'service.json'), JSON.stringify(holder));
}
