import { textTable } from '../side/text-table.js';
import type { EtaError, Row } from './row.js';

/** Errors of the whole time that was predicted, in per cent; * where the interval did not hold what it took. */
export function tableOf(rows: readonly Row[]): string {
  const header = ['study', 'trials', 'took', 'plan', 'first minute', '25 %', '50 %', '75 %', 'coverage', 'overrun'];
  const lines = rows.map((row) => [
    row.study,
    row.trials,
    `${row.seconds.toFixed(0)} s`,
    ...[row.plan, row.minute, ...row.quarters].map(errorText),
    row.coverage === null ? '-' : `${(100 * row.coverage).toFixed(0)} %`,
    row.overrunEpochs === null ? '-' : `${row.overrunEpochs.toFixed(2)} epochs`,
  ]);
  return `error of the predicted time; * outside of the 90 % interval\n${textTable(header, lines)}`;
}

function errorText(error: EtaError | null): string {
  if (error === null) return '-';
  const percent = (100 * error.error).toFixed(0);
  return `${error.error >= 0 ? '+' : ''}${percent} %${error.isCovered ? '' : ' *'}`;
}
