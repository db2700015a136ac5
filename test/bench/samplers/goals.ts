import type { Goal } from '../side/goal.js';
import { isAhead, lead } from './figures.js';
import { ourSide, type Row } from './row.js';
import { defaultSetting } from './settings.js';

/** A difference below this many standard errors counts as none. */
export const equalWithin = 1;
/** Of the transfer-learning surrogate's feasible hypervolume; no front has more than 0.8406. */
const surrogateGoal = 0.834;

/** Our default against Optuna's best setting and against our random draws, on every problem; and the surrogate's volume. */
export function goalsOf(rows: readonly Row[]): Goal[] {
  const problems = [...new Set(rows.map(({ problem }) => problem))];
  return [...problems.flatMap((problem) => ofProblem(rows.filter((row) => row.problem === problem))), ...volume(rows)];
}

/** The best of the rows by mean, undefined where none ran. */
export function bestOf(rows: readonly Row[]): Row | undefined {
  const ran = rows.filter(({ spread }) => spread !== null);
  return ran.reduce<Row | undefined>(
    (best, row) => (best === undefined || isAhead(row.spread!, best.spread!, row.sense) ? row : best),
    undefined,
  );
}

function ofProblem(rows: readonly Row[]): Goal[] {
  const [{ problem }] = rows;
  const ours = rows.find(({ side, sampler }) => side === ourSide && sampler === defaultSetting);
  const random = rows.find(({ side, sampler }) => side === ourSide && sampler === 'random');
  const peer = bestOf(rows.filter(({ side }) => side !== ourSide));
  const peerName = peer === undefined ? 'Optuna' : `${peer.side} ${peer.sampler}`;
  return [
    goal(`${problem}: our ${defaultSetting} ahead of ${peerName}, standard errors`, leadOf(ours, peer), -equalWithin),
    goal(`${problem}: our ${defaultSetting} ahead of random, standard errors`, leadOf(ours, random), equalWithin),
  ];
}

function volume(rows: readonly Row[]): Goal[] {
  if (!rows.some(({ problem }) => problem === 'surrogate')) return [];
  const ours = rows.find(
    ({ problem, side, sampler }) => problem === 'surrogate' && side === ourSide && sampler === defaultSetting,
  );
  return [goal('surrogate: feasible hypervolume', ours?.spread?.mean ?? null, surrogateGoal)];
}

function leadOf(a: Row | undefined, b: Row | undefined): number | null {
  return a?.spread == null || b?.spread == null ? null : lead(a.spread, b.spread, a.sense);
}

function goal(name: string, value: number | null, least: number): Goal {
  return { name, value, goal: least, sense: '>=', met: value !== null && value >= least };
}
