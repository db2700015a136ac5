import { type Spread, spreadOf } from '../samplers/figures.js';
import { type Strategy, simulateStudy, volumeAt } from './simulate-study.js';
import type { World } from './world.js';

/** Parts of the time at which fronts are compared. */
export const parts = [0.05, 0.1, 0.25, 0.5, 1] as const;
/** Seconds that studies without a time limit are looked at. */
const LONGEST_SECONDS = 3000;

/** One strategy in one world. */
export interface StrategyRow {
  readonly world: string;
  readonly strategy: string;
  /** One per part: share of the volume up to the reference. */
  readonly volumes: readonly Spread[];
  /** When the last trial ended, and how many there were: means. */
  readonly seconds: number;
  readonly trials: number;
  /** Of this computer, per trial that was chosen. */
  readonly msPerTrial: number;
}

/** Seconds that the parts are of. */
export function secondsOf({ seconds }: World): number {
  return Number.isFinite(seconds) ? seconds : LONGEST_SECONDS;
}

export function measureStrategy(world: World, strategy: Strategy, seeds: number, workers: number): StrategyRow {
  const studies = Array.from({ length: seeds }, (_, seed) => simulateStudy(world, strategy, seed, workers));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const trials = mean(studies.map(({ history }) => history.length));
  return {
    world: world.name,
    strategy: strategy.name,
    volumes: parts.map((part) => spreadOf(studies.map(({ moments }) => volumeAt(moments, part * secondsOf(world))))),
    seconds: mean(studies.map(({ seconds }) => seconds)),
    trials,
    msPerTrial: mean(studies.map(({ choosingMs }) => choosingMs)) / trials,
  };
}
