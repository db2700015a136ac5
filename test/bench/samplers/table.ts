import { textTable } from '../side/text-table.js';
import { lead, type Spread } from './figures.js';
import { bestOf } from './goals.js';
import { ourSide, type Row } from './row.js';
import { defaultSetting } from './settings.js';

/** A table per problem: mean ± standard error of every sampler, best first. */
export function tablesOf(rows: readonly Row[]): string {
  return [...groups(rows)].map(([problem, group]) => `${titleOf(problem, group)}\n${tableOf(group)}`).join('\n\n');
}

/** One line per problem: Optuna's best setting, ours, and the difference in standard errors. */
export function summaryOf(rows: readonly Row[]): string {
  const lines = [...groups(rows)].map(([problem, group]) => {
    const peer = bestOf(group.filter(({ side }) => side !== ourSide));
    const ours = group.find(({ side, sampler }) => side === ourSide && sampler === defaultSetting);
    const best = bestOf(group.filter(({ side }) => side === ourSide));
    const both = ours?.spread != null && peer?.spread != null;
    return [
      problem,
      textOf(ours?.spread ?? null),
      textOf(peer?.spread ?? null),
      both ? lead(ours.spread!, peer.spread!, ours.sense).toFixed(1) : '-',
      textOf(best?.spread ?? null),
      `${peer === undefined ? 'no peer' : `${peer.side} ${peer.sampler}`}; ours: ${best?.sampler ?? '-'}`,
    ];
  });
  return textTable(['problem', `our ${defaultSetting}`, 'best Optuna', 'ahead, s.e.', 'our best', ''], lines);
}

function groups(rows: readonly Row[]): Map<string, Row[]> {
  const byProblem = new Map<string, Row[]>();
  for (const row of rows) byProblem.set(row.problem, [...(byProblem.get(row.problem) ?? []), row]);
  return byProblem;
}

function titleOf(problem: string, [{ sense }]: readonly Row[]): string {
  return `${problem} (${sense === 'minimize' ? 'lower' : 'higher'} is better)`;
}

function tableOf(rows: readonly Row[]): string {
  const sign = rows[0].sense === 'minimize' ? 1 : -1;
  const keyOf = ({ spread }: Row) => (spread === null || Number.isNaN(spread.mean) ? Infinity : sign * spread.mean);
  const sorted = rows.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  const lines = sorted.map(({ side, sampler, spread, msPerTrial, note }) => [
    `${side} ${sampler}`,
    textOf(spread),
    spread?.searches ?? 0,
    msPerTrial === null ? '-' : msPerTrial.toFixed(1),
    note ?? '',
  ]);
  return textTable(['sampler', 'mean ± s.e.', 'seeds', 'ms/trial', ''], lines);
}

function textOf(spread: Spread | null): string {
  if (spread === null) return '-';
  if (Number.isNaN(spread.mean)) return 'nothing feasible';
  return `${spread.mean.toPrecision(5)} ± ${spread.standardError.toPrecision(2)}`;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
