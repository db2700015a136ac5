import { expect, test } from 'vitest';
import { InvalidInputError } from '#primitives';
import { readCommand } from './config.js';
import type { Log } from './log.js';
import { pretrain } from './pretrain.js';

/** Refused before anything is drawn or a folder is made: the log would tell. */
const silent = new Proxy({} as Log, {
  get: () => () => {
    throw new Error('it began to work');
  },
});

test.each([
  [['--images-per-class', '7'], '--images-per-class is 7, must be at least 8 for alexnet'],
  [['--image-size', '32'], '--image-size is 32, must be at least 63 for alexnet'],
])('pretrain() refuses %j by field and range', async (options, message) => {
  const command = readCommand(['pretrain', '--architecture', 'alexnet', '--out', '/nowhere', ...options], {});
  if (command.name !== 'pretrain') throw new Error(command.name);
  const failure = pretrain(command, silent);
  await expect(failure).rejects.toThrow(message);
  await expect(failure).rejects.toBeInstanceOf(InvalidInputError);
});

test('readCommand() refuses no pictures at all', () => {
  expect(() => readCommand(['pretrain', '--images-per-class', '0'], {})).toThrow(
    '--images-per-class is "0", must be an integer in [1, 100000]',
  );
});
