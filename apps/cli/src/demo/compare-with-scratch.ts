import type { Trial } from '#api-contract';
import { formatInterval, formatSeconds } from '../quantities.js';

/**
 * What pretrained weights were worth, in one sentence: the most accurate trial that began with them against the most
 * accurate that began with its initial state. Pruned trials count with what they reached.
 *
 * @returns empty where one of the two sides has no accuracy.
 */
export function compareWithScratch(trials: readonly Trial[]): string {
  const pretrained = mostAccurate(trials.filter(({ parameters }) => parameters.retrainDepth !== 'scratch'));
  const scratch = mostAccurate(trials.filter(({ parameters }) => parameters.retrainDepth === 'scratch'));
  if (!pretrained || !scratch) return '';
  const gain = ((pretrained.measures.accuracy as number) - (scratch.measures.accuracy as number)) * 100;
  const verdict =
    Math.abs(gain) < 0.05 ? 'the same' : `${Math.abs(gain).toFixed(1)} points ${gain > 0 ? 'more' : 'less'}`;
  return `Pretrained weights reach ${sideText(pretrained)}, training from scratch ${sideText(scratch)}: ${verdict}.`;
}

function mostAccurate(trials: readonly Trial[]): Trial | undefined {
  const measured = trials.filter(({ measures }) => measures.accuracy !== undefined);
  return measured.sort((a, b) => (b.measures.accuracy as number) - (a.measures.accuracy as number))[0];
}

function sideText(trial: Trial): string {
  const { measures, accuracyInterval, parameters, state } = trial;
  const { architecture, retrainDepth } = parameters;
  const depth = retrainDepth === 'scratch' ? '' : ` ${retrainDepth}`;
  const seconds = measures.trainSeconds === undefined ? '' : `, ${formatSeconds(measures.trainSeconds)} of training`;
  const ending = state === 'PRUNED' ? ', pruned' : '';
  return `${formatInterval(measures.accuracy, accuracyInterval)} (${architecture}${depth}${seconds}${ending})`;
}
