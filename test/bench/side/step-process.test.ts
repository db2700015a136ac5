import { expect, test } from 'vitest';
import { MemoryLimitError, StepProcess } from './step-process.js';

/** A process that runs a JavaScript expression for each line and answers with its value. */
const evaluator = (options = {}) =>
  new StepProcess(
    [
      process.execPath,
      '-e',
      `require('readline').createInterface({input: process.stdin}).on('line', (line) => {
        console.log(JSON.stringify(eval(JSON.parse(line).run)));
      });`,
    ],
    options,
  );

test('StepProcess.ask() gives the answer, and throws an error that was answered', async () => {
  const side = evaluator();
  expect(await side.ask({ run: '({seconds: 6 * 7})' })).toEqual({ seconds: 42 });
  await expect(side.ask({ run: "({error: 'no such card'})" })).rejects.toThrow('no such card');
  await side.stop();
});

test('StepProcess.ask() says what a process complained of when it ended', async () => {
  const side = evaluator();
  await expect(side.ask({ run: "console.error('first'), console.error('at last'), process.exit(3)" })).rejects.toThrow(
    'at last',
  );
  const silent = evaluator();
  await expect(silent.ask({ run: 'process.exit(3)' })).rejects.toThrow('the process ended (exit 3)');
  const absent = new StepProcess(['/nonexistent/program']);
  await expect(absent.ask()).rejects.toThrow('ENOENT');
});

test('StepProcess.ask() ends a process that is late', async () => {
  const side = evaluator();
  await side.ask({ run: '1' }); // it has started
  await expect(side.ask({ run: 'for (;;);' }, 200)).rejects.toThrow('took longer than 0 s');
});

test.skipIf(process.platform !== 'linux')('StepProcess ends a process above its memory limit', async () => {
  const side = evaluator({ limitBytes: 200 * 2 ** 20 });
  expect(await side.ask({ run: '1' })).toBe(1);
  await expect(side.ask({ run: 'globalThis.kept = Buffer.alloc(2 ** 28, 1); for (;;);' })).rejects.toThrow(
    MemoryLimitError,
  );
});
