import { expect, test } from 'vitest';
import { createLog } from './log.js';
import { progressLines } from './progress-lines.js';

test('progressLines() writes ten lines with the time left, and tells a parent of every piece', () => {
  const lines: string[] = [];
  const messages: unknown[] = [];
  let nowMs = 5_000;
  const clock = { now: () => 0, monotonicMs: () => nowMs };
  const log = createLog(false, (line) => lines.push(line.trim()), clock.now);
  const onProgress = progressLines(log, 'draw.progress', 'pictures drawn', clock, (message) => messages.push(message));
  for (let done = 1; done <= 200; done++) {
    nowMs += 1_000;
    onProgress(done, 200);
  }
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('00:00:00 20 of 200 pictures drawn, about 3.0 min left');
  expect(lines[8]).toBe('00:00:00 180 of 200 pictures drawn, about 20 s left');
  expect(messages).toHaveLength(200);
  expect(messages[199]).toEqual({ progress: { done: 200, total: 200 } });
});
