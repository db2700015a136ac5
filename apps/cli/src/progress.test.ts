import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { plainProgress, terminalProgress } from './progress.js';

test('plainProgress() writes a line every other second, and nothing where the total is unknown', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const progress = plainProgress('Import', (line) => lines.push(line), {
    nowMs: () => nowMs,
    show: (value) => `${value} MB`,
  });
  for (let done = 0; done <= 50; done += 1) {
    progress.update(done, 50, done > 40 ? 'nearly done' : '');
    nowMs += 100;
  }
  progress.update(1, null);
  progress.log('a line');
  expect(lines).toEqual(['Import: 20 MB of 50 MB', 'Import: 40 MB of 50 MB', 'a line']);
});

test('plainProgress() tells the time left from the rate, and lets a logged line stand for one of its own', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const write = (line: string) => lines.push(line);
  const progress = plainProgress('Pictures', write, { nowMs: () => nowMs });
  for (let done = 20; done <= 60; done += 1) {
    progress.update(done, 100);
    if (done === 49) progress.log('a line');
    nowMs += 100;
  }
  expect(lines).toEqual(['Pictures: 40 of 100, about 6.0 s left', 'a line']);
});

test('terminalProgress() keeps logged lines, shows the bar, and falls silent when it is stopped', () => {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 100,
    rows: 20,
    cursorTo() {},
    clearLine() {},
    moveCursor() {},
  });
  const progress = terminalProgress('Trials', stream);
  progress.log('before the bar');
  progress.update(3, 24, 'about 42 s left');
  progress.log('trial #2');
  progress.stop();
  progress.update(4, 24);
  const said = String(stream.read());
  expect(said).toContain('before the bar\n');
  expect(said).toMatch(/Trials .*3\/24 {2}about 42 s left/);
  expect(said).toContain('trial #2\n');
  expect(said).not.toContain('4/24');
});
