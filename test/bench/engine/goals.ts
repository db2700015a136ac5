import { geometricMean } from '../side/geometric-mean.js';
import type { Goal } from '../side/goal.js';
import type { Row } from './row.js';
import type { Kind } from './workload.js';

/** Ratios PyTorch / engine that every row of a kind should reach. */
const leastRatios: readonly (readonly [Kind, string, number])[] = [
  ['training', 'training', 0.8],
  ['frozen', 'frozen prefix', 1.5],
  ['head', 'head on cached features', 4],
];

/** Peak memory of a training, ours over PyTorch's. */
const mostMemory = 1.2;

/** The goals of the rows that were measured; a row without a number does not meet its goal. */
export function goalsOf(rows: readonly Row[]): Goal[] {
  return [
    ...trainingMean(rows),
    ...leastRatios.flatMap(([kind, title, goal]) => ratios(rows, kind, title, goal)),
    ...memory(rows),
  ];
}

function trainingMean(rows: readonly Row[]): Goal[] {
  const ratios = rows.filter(({ kind }) => kind === 'training').map(({ ratio }) => ratio);
  if (ratios.length === 0) return [];
  const known = ratios.filter((ratio) => ratio !== null);
  const value = known.length === ratios.length ? geometricMean(known) : null;
  return [goalOf('training: geometric mean of torch / engine', value, 1, '>=')];
}

function ratios(rows: readonly Row[], kind: Kind, title: string, goal: number): Goal[] {
  return rows
    .filter((row) => row.kind === kind)
    .map((row) => goalOf(`${title}: torch / engine, ${placeOf(row)}`, row.ratio, goal, '>='));
}

function memory(rows: readonly Row[]): Goal[] {
  return rows
    .filter(({ kind }) => kind === 'training')
    .map((row) => goalOf(`peak memory: engine / torch, ${placeOf(row)}`, row.memoryRatio, mostMemory, '<='));
}

function placeOf({ network, size, threads }: Row): string {
  return `${network} ${size} px, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

function goalOf(name: string, value: number | null, goal: number, sense: Goal['sense']): Goal {
  return { name, value, goal, sense, met: value !== null && (sense === '>=' ? value >= goal : value <= goal) };
}
