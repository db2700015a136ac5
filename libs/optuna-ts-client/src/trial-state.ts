/** Optuna's five states of a trial. */
export type TrialState = 'WAITING' | 'RUNNING' | 'COMPLETE' | 'PRUNED' | 'FAIL';

/** The states a trial never leaves. */
export type FinishedState = 'COMPLETE' | 'PRUNED' | 'FAIL';

/**
 * Every allowed change of state. RUNNING → WAITING is a lost lease or a released trial: the same row waits again, and
 * the claim that follows raises its `attempt`, so that writes of the earlier attempt no longer match.
 */
export const nextStates = {
  WAITING: ['RUNNING', 'FAIL'], // FAIL: the study was stopped before anyone claimed it
  RUNNING: ['COMPLETE', 'PRUNED', 'FAIL', 'WAITING'],
  COMPLETE: [],
  PRUNED: [],
  FAIL: [],
} as const satisfies Record<TrialState, readonly TrialState[]>;

/** Whether a trial may go from one state to the other in one step. */
export function canBecome(from: TrialState, to: TrialState): boolean {
  return (nextStates[from] as readonly TrialState[]).includes(to);
}

/** Whether the state is COMPLETE, PRUNED or FAIL. */
export function isFinished(state: TrialState): state is FinishedState {
  return nextStates[state].length === 0;
}
