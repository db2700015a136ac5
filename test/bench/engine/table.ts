import { textTable } from '../side/text-table.js';
import type { Row } from './row.js';
import type { Kind } from './workload.js';

/** Examples of a head's epoch come from `scenes.ts`; the titles say how to read the numbers. */
const titles: Readonly<Record<Kind, string>> = {
  training: 'training step, ms',
  inference: 'inference with constant weights, ms a batch',
  frozen: 'frozen prefix (up to the shallow cut), images/s',
  head: 'shallow head on cached features, epochs/s',
};

/** A table for each kind of row; `ratio` is PyTorch's time over ours, above 1 ours is ahead. */
export function tablesOf(rows: readonly Row[]): string {
  return (Object.keys(titles) as Kind[])
    .filter((kind) => rows.some((row) => row.kind === kind))
    .map((kind) => [titles[kind], tableOf(rows.filter((row) => row.kind === kind))].join('\n'))
    .join('\n\n');
}

function tableOf(rows: readonly Row[]): string {
  const memory = rows[0].kind === 'training';
  const header = ['network', 'px', 'thr', 'batch', 'engine', 'torch', 'torch c_last', 'ratio', 'rounds', 'compile ms'];
  const lines = rows.map((row) => [
    row.network,
    row.size,
    row.threads,
    row.batch,
    speed(row, row.engineSeconds),
    speed(row, row.torchSeconds.contiguous),
    speed(row, row.torchSeconds.channels_last),
    row.ratio?.toFixed(2) ?? '-',
    row.rounds,
    row.compileMs === null ? '-' : `${row.compileMs.toFixed(0)}${row.fromCache ? ' (cache)' : ''}`,
    ...(memory ? [mebibytes(row.engineBytes), mebibytes(row.torchBytes), row.memoryRatio?.toFixed(2) ?? '-'] : []),
    row.note ?? '',
  ]);
  return textTable([...header, ...(memory ? ['engine MiB', 'torch MiB', 'ratio'] : []), ''], lines);
}

function speed({ kind, batch }: Row, seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  if (kind === 'frozen') return (batch / seconds).toFixed(1);
  return kind === 'head' ? (1 / seconds).toFixed(1) : (seconds * 1000).toFixed(1);
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? '-' : (bytes / 2 ** 20).toFixed(0);
}
