import type { Storage } from '#api-contract';
import { formatBytes } from './quantities.js';
import { renderTable } from './tables.js';

const labels: Readonly<Record<Storage['items'][number]['kind'], string>> = {
  checkpoints: 'checkpoints',
  resumeStates: 'resume states',
  exports: 'exports',
  pictures: 'pictures',
};

/** What is stored by kind, and how near checkpoints are to their bound. */
export function renderStorage({ items, checkpointLimitBytes }: Storage): string {
  const table = renderTable(items, [
    { head: 'kind', cell: ({ kind }) => labels[kind] },
    { head: 'number', cell: ({ count }) => String(count), numeric: true },
    { head: 'size', cell: ({ bytes }) => formatBytes(bytes), numeric: true },
  ]);
  const held = items
    .filter(({ kind }) => kind === 'checkpoints' || kind === 'resumeStates')
    .reduce((sum, { bytes }) => sum + bytes, 0);
  return `${table}\n\nCheckpoints and resume states: ${formatBytes(held)} of ${formatBytes(checkpointLimitBytes)} (RETUNE_CHECKPOINT_BYTES).`;
}
