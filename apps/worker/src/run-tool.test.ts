import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { LinkError } from './link-error.js';
import { runTool } from './run-tool.js';

const tool = (script: string, signal = new AbortController().signal) =>
  runTool({ name: 'make', args: ['-e', script], folder: tmpdir(), environment: { PLACE: 'here' }, signal });

test('runTool() runs a script in the environment it is given', async () => {
  await tool('if (process.env.PLACE !== "here" || process.env.HOME !== undefined) process.exit(1)');
});

test('runTool() tells the last lines of a script that fails', async () => {
  const failed = tool('for (let line = 1; line <= 40; line++) console.error("line " + line); process.exitCode = 3');
  await expect(failed).rejects.toThrow(LinkError);
  const message = await failed.catch((error: Error) => error.message);
  expect(message).toMatch(/^make failed \(exit code 3\):\n {2}line 29\n/);
  expect(message).toMatch(/\n {2}line 40$/);
});

test('runTool() ends a script that nothing else would end', async () => {
  await expect(tool('setInterval(() => {}, 1000)', AbortSignal.abort(new Error('told to')))).rejects.toThrow('told to');
});
