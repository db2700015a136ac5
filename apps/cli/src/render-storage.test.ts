import { expect, test } from 'vitest';
import { renderStorage } from './render-storage.js';

test('renderStorage() shows each kind, and what of the bound is used', () => {
  const text = renderStorage({
    items: [
      { kind: 'checkpoints', bytes: 2_000_000, count: 3 },
      { kind: 'resumeStates', bytes: 1_500_000, count: 1 },
      { kind: 'exports', bytes: 0, count: 0 },
      { kind: 'pictures', bytes: 47_000_000, count: 398 },
    ],
    checkpointLimitBytes: 10_000_000,
  });
  expect(text.split('\n')).toEqual([
    'kind           number     size',
    'checkpoints         3  2.00 MB',
    'resume states       1  1.50 MB',
    'exports             0      0 B',
    'pictures          398  47.0 MB',
    '',
    'Checkpoints and resume states: 3.50 MB of 10.0 MB (RETUNE_CHECKPOINT_BYTES).',
  ]);
});
