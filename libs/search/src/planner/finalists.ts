import type { TrialHistory } from '../ports/trial-repository.js';
import { rankTrials } from '../rank-trials.js';
import type { TrialParameters } from '../search-space.js';
import type { PlannerInput } from './planner-input.js';
import type { RetuneOptions } from './retune-options.js';
import { configurationKey } from './trial-progress.js';

/** Shares of the budget that repetitions may take. */
const SHARE_OF_TRIALS = 0.1;
const SHARE_OF_SECONDS = 0.1;

/** A member of the front to be trained again with another seed. */
export interface Repetition {
  readonly parameters: TrialParameters;
  /** 1, 2, … */
  readonly repeat: number;
  readonly seconds: number;
}

/** What is still to be repeated. */
export interface Finals {
  /** In order: the best once, the next ones once, the best twice … */
  readonly repetitions: readonly Repetition[];
  /** Whether what is left of the budget is needed for them. */
  readonly isTime: boolean;
}

/**
 * The repetitions that the budget has room for, and whether their time has come.
 *
 * @param spent Seconds that the study has taken so far.
 */
export function finalsOf(
  { spec, history, cost, trialsLeft, secondsLeft }: PlannerInput,
  { finalists, finalistRepeats }: RetuneOptions,
  spent: number,
): Finals {
  const room = Math.min(finalists * finalistRepeats, Math.floor(SHARE_OF_TRIALS * spec.trials));
  if (room === 0) return { repetitions: [], isTime: false };
  const made = new Map<string, number>();
  for (const { parameters, failReason } of history) {
    if (failReason === 'cancelled') continue;
    const key = keyOf(parameters);
    made.set(key, (made.get(key) ?? 0) + 1);
  }
  const members = finalistsOf(spec.objectives, history).slice(0, finalists);
  const seconds = SHARE_OF_SECONDS * (secondsLeft + spent);
  const repetitions: Repetition[] = [];
  let needed = 0;
  let count = 0;
  for (let repeat = 1; repeat <= finalistRepeats; repeat++) {
    for (const { parameters } of members) {
      const own = cost.secondsOf(parameters, 0);
      if (count >= room || needed + own > seconds) continue;
      count++;
      needed += own;
      // Repetitions are counted from the rows: a lost one is made up for by the next.
      if ((made.get(keyOf(parameters)) ?? 1) <= repeat) repetitions.push({ parameters, repeat, seconds: own });
    }
  }
  const open = repetitions.reduce((sum, repetition) => sum + repetition.seconds, 0);
  const isTime = repetitions.length > 0 && (trialsLeft <= repetitions.length || secondsLeft <= open);
  return { repetitions, isTime };
}

/** The ranked front of the feasible trials, each configuration once. */
function finalistsOf(
  objectives: PlannerInput['spec']['objectives'],
  history: readonly TrialHistory[],
): readonly TrialHistory[] {
  const feasible = history.filter(
    ({ state, constraints }) =>
      state === 'COMPLETE' && constraints.every(({ violation }) => violation !== null && violation <= 0),
  );
  const seen = new Set<string>();
  return rankTrials(objectives, feasible).filter(({ parameters }) => {
    const key = configurationKey(parameters);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function keyOf(parameters: TrialParameters): string {
  return `${configurationKey(parameters)} ${parameters.epochs}`;
}
