import type { ParetoFront } from '#api-contract';
import type { ParetoAnswer } from '#search';
import { toTrial } from '../trials/trial.mapper.js';

/** A ranked front as it is shown. */
export function toParetoFront(answer: ParetoAnswer): ParetoFront {
  return {
    studyId: answer.studyId,
    objectives: answer.objectives.map((objective) => ({ ...objective })),
    items: answer.items.map(({ rank, trial }) => ({ rank, trial: toTrial(trial) })),
    considered: answer.considered,
    feasible: answer.feasible,
    explanation: answer.explanation,
  };
}
