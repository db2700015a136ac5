import { type Row, rowOf } from './row.js';
import type { Kind } from './workload.js';

/** A row as it would come of measuring: seconds of one unit, round by round. */
export function measuredRow(
  kind: Kind,
  engine: readonly number[],
  torch: Readonly<Record<string, readonly number[]>>,
): Row {
  return rowOf({
    scene: { network: 'resnet18', size: 64, threads: 2 },
    kind,
    batch: 16,
    rounds: new Map([['engine', engine], ...Object.entries(torch)]),
    compileMs: 300,
    bytes: new Map([
      ['engine', 600 * 2 ** 20],
      ['contiguous', 400 * 2 ** 20],
      ['channels_last', 500 * 2 ** 20],
    ]),
  });
}
