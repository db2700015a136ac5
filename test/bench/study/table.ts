import { textTable } from '../side/text-table.js';
import { type LatencySource, latencySources, type Row } from './row.js';

const titles: Record<LatencySource, string> = {
  table: 'latency of every model by the table above (search and training are compared)',
  own: 'latency as each side measured it (inference is compared too)',
};

/** A table for each source of latencies; `ratio` is our time over the script's, below 1 ours is ahead. */
export function tablesOf(rows: readonly Row[]): string {
  return latencySources
    .filter((source) => rows.some(({ latency }) => latency === source))
    .map((source) => `${titles[source]}\n${tableOf(rows.filter(({ latency }) => latency === source))}`)
    .join('\n\n');
}

function tableOf(rows: readonly Row[]): string {
  const header = [
    'side',
    'seeds',
    'hypervolume',
    'reached s',
    'search s',
    'models',
    'trials',
    's/trial',
    's to script',
    'ratio',
    'of whole',
    '',
  ];
  const lines = rows.map(({ against, ...row }) => [
    row.side,
    row.searches,
    row.hypervolume.toFixed(4),
    row.reachedSecond.toFixed(1),
    row.seconds.toFixed(1),
    row.models,
    row.trials,
    Number.isNaN(row.trialSeconds) ? '-' : row.trialSeconds.toFixed(2),
    against === undefined ? '' : figure(against.seconds, 1),
    against === undefined ? '' : figure(against.ratio, 3),
    against === undefined ? '' : figure(against.ratioWhole, 3),
    row.note ?? (against === undefined ? '' : `against ${against.setting}`),
  ]);
  return textTable(header, lines);
}

function figure(value: number | null, digits: number): string {
  return value === null ? 'never' : value.toFixed(digits);
}
