import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { commandLine, descendants, identityOf, isAlive, isRunning } from './process-tree.js';

const idle = 'setInterval(() => {}, 1000);';
const parentOfOne = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(idle)}]);
  console.log(child.pid);
  ${idle}
`;

describe('process tree', () => {
  test('descendants() finds grandchildren; isAlive() tells when they are gone', async () => {
    const child = spawn(process.execPath, ['-e', parentOfOne], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = child.pid as number;
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    const grandchild = Number(String(printed).trim());
    expect(descendants(process.pid)).toEqual(expect.arrayContaining([pid, grandchild]));
    expect(descendants(pid)).toEqual([grandchild]);
    expect(commandLine(pid)).toContain('setInterval');

    const ended = once(child, 'exit');
    for (const one of [pid, grandchild]) process.kill(one, 'SIGKILL');
    await ended;
    expect(isAlive(pid)).toBe(false);
    expect(commandLine(pid)).toBe('');
    expect(descendants(pid)).toEqual([]);
  });

  test('isAlive() is true for this process', () => {
    expect(isAlive(process.pid)).toBe(true);
  });

  test('isRunning() tells a process from a later one with the same id', () => {
    const self = identityOf(process.pid);
    expect(self).toEqual({ pid: process.pid, started: expect.stringMatching(/\d/) });
    expect(isRunning(self)).toBe(true);
    expect(isRunning({ ...self, started: '1' })).toBe(false);
  });
});
