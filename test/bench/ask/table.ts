import { textTable } from '../side/text-table.js';
import { kindOf } from './goals.js';
import { optunaSettings } from './measure-scene.js';
import type { Row } from './row.js';

/** `ratio` is the time of Optuna's best setting over ours, above 1 ours is ahead. */
export function tableOf(rows: readonly Row[]): string {
  const header = ['study', 'trials', 'ours', ...optunaSettings, 'ratio', 'bytes/trial', ''];
  const lines = rows.map((row) => [
    kindOf(row),
    row.trials,
    milliseconds(row.oursMs),
    ...optunaSettings.map((setting) => milliseconds(row.optunaMs[setting] ?? null)),
    row.ratio?.toFixed(1) ?? '-',
    row.bytesPerTrial?.toFixed(0) ?? '-',
    row.note ?? '',
  ]);
  return `ask + tell, ms\n${textTable(header, lines)}`;
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : value.toFixed(value < 10 ? 2 : 1);
}
