import { lead } from '../samplers/figures.js';
import type { Goal } from '../side/goal.js';
import type { PlanRow } from './measure-plan.js';
import { parts, type StrategyRow } from './measure-strategy.js';
import { defaultStrategy } from './settings.js';

const PEERS = ['auto + pareto', 'random + pareto'];
/** A difference below this many standard errors counts as none. */
const EQUAL_WITHIN = 1;
/** A plan that takes longer is felt beside the shortest trials. */
const LONGEST_PLAN_MS = 500;

/** The planner is at no part of the time behind a sampler that does not know what it searches; a plan takes no time. */
export function goalsOf(rows: readonly StrategyRow[], plans: readonly PlanRow[]): Goal[] {
  const planned = rows.filter(({ strategy }) => strategy === defaultStrategy);
  const ahead = planned.flatMap((row) =>
    rows
      .filter(({ world, strategy }) => world === row.world && PEERS.includes(strategy))
      .flatMap((peer) =>
        parts.map((part, index) => {
          const value = lead(row.volumes[index], peer.volumes[index], 'maximize');
          const name = `${row.world}: ahead of ${peer.strategy} after ${100 * part} % of the time, standard errors`;
          return { name, value, goal: -EQUAL_WITHIN, sense: '>=' as const, met: value >= -EQUAL_WITHIN };
        }),
      ),
  );
  const quick = plans.map(({ trials, objectives, medianMs }) => ({
    name: `a plan on ${trials} trials, ${objectives} objectives, ms`,
    value: medianMs,
    goal: LONGEST_PLAN_MS,
    sense: '<=' as const,
    met: medianMs <= LONGEST_PLAN_MS,
  }));
  return [...ahead, ...quick];
}
