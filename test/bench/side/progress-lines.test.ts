import { expect, test } from 'vitest';
import { ProgressLines } from './progress-lines.js';

test('ProgressLines tells the step, and the time left once a step is done', () => {
  const lines: string[] = [];
  const progress = new ProgressLines([1, 3], (line) => lines.push(line));
  progress.begin('small');
  progress.begin('large');
  expect(lines[0]).toBe('[1/2] small');
  expect(lines[1]).toMatch(/^\[2\/2\] large, about \d+ s left$/);
});
