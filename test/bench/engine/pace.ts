import type { Pace } from './alternate.js';
import type { Kind } from './workload.js';

/** Training steps are what the goals are about; 28 of them, and as many of the rest, must end within 25 minutes. */
const training: Pace = {
  leastRounds: 3,
  mostRounds: 9,
  secondsPerSide: 5,
  mostSecondsPerSide: 20,
  secondsPerRound: 0.5,
  mostUnits: 16,
};
const others: Pace = { ...training, mostRounds: 7, secondsPerSide: 2, secondsPerRound: 0.25 };
const inQuick: Pace = { ...others, mostRounds: 3 };

/** How long a row is measured. */
export function paceOf(kind: Kind, quick: boolean): Pace {
  if (quick) return inQuick;
  return kind === 'training' ? training : others;
}
