import type { FieldProblem } from '#primitives';
import type { LeaseSettings } from './claim.js';
import { madeTrials } from './complete-study.js';
import type { AskedStudySpec, StudyBudget, StudyRecord, StudySpec } from './study.js';

/** Trials where neither the study nor its budget says how many. */
export const DEFAULT_TRIALS = 50;
/** Trials at the most: of a study whose time is limited and its trials are not. */
export const MOST_TRIALS = 100_000;

/** What an export is held to take before any was made, seconds. */
export const ASSUMED_EXPORT_SECONDS = 30;
/** A reserve that nobody asked for takes no more than this part of the time. */
const LARGEST_RESERVE_SHARE = 0.2;
/** Between two heartbeats of a trial whose study has a time that it must not overrun, at most. */
export const BUDGET_HEARTBEAT_SECONDS = 2;
/** Exports scatter: this quantile of the earlier ones is kept back. */
const RESERVE_QUANTILE = 0.8;

/** How many trials a study makes at the most: as it says, else as many as its time allows, else {@link DEFAULT_TRIALS}. */
export function trialsOf({ trials, budget = {} }: Pick<AskedStudySpec, 'trials' | 'budget'>): number {
  const hasTime = [budget.wallClockSeconds, budget.trainSeconds, budget.deadline].some((limit) => limit !== undefined);
  return trials ?? budget.trials ?? (hasTime ? MOST_TRIALS : DEFAULT_TRIALS);
}

/**
 * What is wrong with a budget.
 *
 * @param nowMs The time, ms since 1970.
 */
export function problemsOfBudget({ trials, budget }: AskedStudySpec, nowMs: number): FieldProblem[] {
  if (budget === undefined) return [];
  const problems: FieldProblem[] = [];
  const check = (field: string, value: unknown, ok: boolean, allowed: string) => {
    if (!ok) problems.push({ field: `budget.${field}`, value, allowed });
  };
  const { wallClockSeconds, trainSeconds, deadline, reserveSeconds } = budget;
  const isPositive = (value: number) => value > 0 && Number.isFinite(value);
  if (wallClockSeconds !== undefined) {
    check('wallClockSeconds', wallClockSeconds, isPositive(wallClockSeconds), 'a number > 0');
  }
  if (trainSeconds !== undefined) check('trainSeconds', trainSeconds, isPositive(trainSeconds), 'a number > 0');
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  if (budget.trials !== undefined) {
    check('trials', budget.trials, isCount(budget.trials), 'an integer >= 1');
    check(
      'trials',
      budget.trials,
      trials === undefined || trials === budget.trials,
      `absent, or ${trials} as in trials`,
    );
  }
  if (deadline !== undefined) {
    const after = Date.parse(deadline) > nowMs;
    check('deadline', deadline, after, `a time after now (${new Date(nowMs).toISOString()})`);
  }
  const seconds = endOfBudget(budget, nowMs);
  if (reserveSeconds !== undefined && Number.isFinite(seconds)) {
    check('reserveSeconds', reserveSeconds, reserveSeconds < seconds, `less than the time there is (${seconds} s)`);
  } else if (reserveSeconds !== undefined) {
    check('reserveSeconds', reserveSeconds, false, 'absent, as there is neither wallClockSeconds nor deadline');
  }
  return problems;
}

/**
 * The part of a budget's time that is kept back for the final evaluation and the export.
 *
 * @param exportSeconds What earlier exports took.
 * @returns Seconds; 0 where the time is not limited.
 */
export function reserveOf(budget: StudyBudget | undefined, exportSeconds: readonly number[], nowMs: number): number {
  const seconds = endOfBudget(budget, nowMs);
  if (!Number.isFinite(seconds)) return 0;
  if (budget?.reserveSeconds !== undefined) return budget.reserveSeconds;
  const sorted = [...exportSeconds].sort((a, b) => a - b);
  const expected = sorted[Math.floor(RESERVE_QUANTILE * (sorted.length - 1))] ?? ASSUMED_EXPORT_SECONDS;
  return Math.min(expected, LARGEST_RESERVE_SHARE * seconds);
}

/** Seconds from `nowMs` to the end of a budget's time, were the study created then; Infinity where it is not limited. */
export function endOfBudget({ wallClockSeconds, deadline }: StudyBudget = {}, nowMs: number): number {
  const untilDeadline = deadline === undefined ? Number.POSITIVE_INFINITY : (Date.parse(deadline) - nowMs) / 1000;
  return Math.min(wallClockSeconds ?? Number.POSITIVE_INFINITY, untilDeadline);
}

/**
 * Seconds between two heartbeats of a trial: fewer where its study has a time that it must not overrun, as a trial without an
 * epoch is told by them that it is over.
 */
export function heartbeatSecondsOf(
  { budget }: Pick<StudySpec, 'budget'>,
  { heartbeatSeconds }: Pick<LeaseSettings, 'heartbeatSeconds'>,
): number {
  const isLimited = endOfBudget(budget, 0) < Number.POSITIVE_INFINITY || budget?.trainSeconds !== undefined;
  return isLimited ? Math.min(BUDGET_HEARTBEAT_SECONDS, heartbeatSeconds) : heartbeatSeconds;
}

/** Which limit ends a study. */
export type BudgetLimit = 'trials' | 'timeoutSeconds' | 'wallClockSeconds' | 'deadline' | 'trainSeconds';

/** What is left of a study's budget. */
export interface BudgetLeft {
  /** Until training ends, the reserve already taken off; Infinity without such a limit. */
  readonly wallSeconds: number;
  /** Until no trial begins any more (`timeoutSeconds`); Infinity without such a limit. */
  readonly beginSeconds: number;
  /** Of training that workers compute; Infinity without such a limit. */
  readonly trainSeconds: number;
  /** The tightest of the three. */
  readonly secondsLeft: number;
  /** Trials that may still be made. */
  readonly trialsLeft: number;
}

/** What is left of a study's budget when it was read, by the clock of the database; never below 0. */
export function budgetLeft(
  study: Pick<
    StudyRecord,
    | 'spec'
    | 'counts'
    | 'cancelled'
    | 'trialLimit'
    | 'createdAt'
    | 'readAt'
    | 'endsAt'
    | 'reserveSeconds'
    | 'spentTrainSeconds'
  >,
): BudgetLeft {
  const { spec, endsAt, createdAt, readAt } = study;
  const since = (from: Date) => (readAt.getTime() - from.getTime()) / 1000;
  const limited = (limit: number | undefined | null, used: number) =>
    limit === undefined || limit === null ? Number.POSITIVE_INFINITY : Math.max(0, limit - used);
  const wallSeconds = endsAt === null ? Number.POSITIVE_INFINITY : Math.max(0, -since(endsAt) - study.reserveSeconds);
  const beginSeconds = limited(spec.timeoutSeconds, since(createdAt));
  const trainSeconds = limited(spec.budget?.trainSeconds, study.spentTrainSeconds);
  return {
    wallSeconds,
    beginSeconds,
    trainSeconds,
    secondsLeft: Math.min(wallSeconds, beginSeconds, trainSeconds),
    trialsLeft: Math.max(0, study.trialLimit - madeTrials(study)),
  };
}
