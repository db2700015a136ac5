import type { TrialHistory } from '../ports/trial-repository.js';
import { rankTrials } from '../rank-trials.js';
import type { TrialParameters } from '../search-space.js';
import type { PlannerInput } from './planner-input.js';
import type { RetuneOptions } from './retune-options.js';
import { configurationKey } from './trial-progress.js';

/** Shares of the budget that repetitions may take. */
const SHARE_OF_TRIALS = 0.2;
const SHARE_OF_SECONDS = 0.25;

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

/** The repetitions that the budget has room for, and whether their time has come. */
export function finalsOf(
  { spec, history, cost, trialsLeft, secondsLeft }: PlannerInput,
  { finalists, finalistRepeats }: RetuneOptions,
): Finals {
  const room = Math.min(finalists * finalistRepeats, Math.floor(SHARE_OF_TRIALS * spec.trials));
  if (room === 0) return { repetitions: [], isTime: false };
  const made = new Map<string, number>();
  let spent = 0;
  for (const { parameters, state, failReason } of history) {
    if (failReason === 'cancelled') continue;
    const key = keyOf(parameters);
    made.set(key, (made.get(key) ?? 0) + 1);
    if (state === 'COMPLETE') spent += cost.secondsOf(parameters, 0);
  }
  const members = finalistsOf(spec.objectives, history).slice(0, finalists);
  const repetitions: Repetition[] = [];
  let repeated = 0;
  for (let repeat = 1; repeat <= finalistRepeats; repeat++) {
    for (const { parameters } of members) {
      // Repetitions are counted from the rows: a lost one is made up for by the next.
      if ((made.get(keyOf(parameters)) ?? 1) > repeat) repeated++;
      else repetitions.push({ parameters, repeat, seconds: cost.secondsOf(parameters, 0) });
    }
  }
  const open = repetitions.slice(0, Math.max(0, room - repeated));
  const seconds = open.reduce((sum, repetition) => sum + repetition.seconds, 0);
  const reserved = Math.min(seconds, SHARE_OF_SECONDS * (secondsLeft + spent));
  return { repetitions: open, isTime: open.length > 0 && (trialsLeft <= open.length || secondsLeft <= reserved) };
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
