import type { Trial } from '#api-contract';
import { formatInterval, formatLearningRate, formatMilliseconds } from './quantities.js';
import { reasonOf } from './tables.js';

/** The states a trial ends in, as words. */
const endings: Readonly<Record<string, string>> = { COMPLETE: 'complete', PRUNED: 'pruned', FAIL: 'FAILED' };

/**
 * A finished trial on one line, in columns that stay below each other:
 * `#6   resnet18      deep     lr 0.012    8 epochs  92.8 % (87.6–95.9)   12.3 ms  complete`.
 */
export function trialLine(trial: Trial): string {
  const { architecture, retrainDepth, learningRate, epochs } = trial.parameters;
  const epochsText = trial.epoch === epochs ? `${epochs}` : `${trial.epoch}/${epochs}`;
  const reason = reasonOf(trial);
  return [
    `#${trial.number}`.padEnd(4),
    architecture.padEnd(13),
    retrainDepth.padEnd(8),
    `lr ${formatLearningRate(learningRate)}`.padEnd(10),
    `${epochsText.padStart(5)} ${epochs === 1 ? 'epoch ' : 'epochs'}`,
    formatInterval(trial.measures.accuracy, trial.accuracyInterval).padStart(20),
    formatMilliseconds(trial.measures.latencyP95Ms).padStart(9),
    ` ${endings[trial.state] ?? trial.state}${reason && `: ${reason}`}`,
  ].join(' ');
}
