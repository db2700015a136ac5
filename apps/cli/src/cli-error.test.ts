import { expect, test } from 'vitest';
import { CliError, errorLines, InterruptedError, ToldError } from './cli-error.js';
import { exitCode, exitCodeHelp } from './exit-code.js';

test('errorLines() gives one line and the details, and a stack only when asked', () => {
  const error = new CliError('No such study\nat all', exitCode.badInput, ['field: why'], { cause: new Error('inner') });
  expect(errorLines(error, false)).toEqual(['retune: No such study', '  field: why']);
  const debug = errorLines(error, true).join('\n');
  expect(debug).toMatch(/cli-error\.test\.ts:\d+/);
  expect(debug).toContain('caused by\nError: inner');
});

test('errorLines() takes anything that was thrown', () => {
  expect(errorLines('text', false)).toEqual(['retune: text']);
  expect(errorLines(new InterruptedError('SIGINT'), true)).toEqual(['Interrupted.']);
  expect(errorLines(new ToldError(exitCode.badInput), true)).toEqual([]);
});

test('exitCodeHelp names every exit code', () => {
  const listed = [...exitCodeHelp.matchAll(/^ {2}(\d+)/gm)].map(([, code]) => Number(code));
  expect(listed).toEqual(Object.values(exitCode));
  expect(new InterruptedError('SIGTERM').exit).toBe(130);
});
