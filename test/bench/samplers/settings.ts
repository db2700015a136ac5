import { createSampler, type Sampler, samplers } from '#optuna-ts-client';
import type { Problem } from './problem.js';

/** A sampler of ours with its options, under the name that the table has. */
export interface Setting {
  readonly name: string;
  readonly sampler: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** @default every problem */
  readonly fits?: (problem: Problem) => boolean;
}

/** What a study gets when nobody chooses: the column that has to be ahead. */
export const defaultSetting = 'auto';

const isContinuous = ({ space, directions }: Problem) =>
  directions.length === 1 && Object.values(space).every(({ type }) => type === 'float');

/** All that is compared. A grid is not: most of these spaces have none. */
const settings: readonly Setting[] = [
  { name: 'random', sampler: 'random' },
  { name: 'qmc', sampler: 'qmc' },
  { name: 'tpe', sampler: 'tpe' },
  { name: 'tpe-univariate', sampler: 'tpe', options: { multivariate: false } },
  { name: 'tpe-neighbours', sampler: 'tpe', options: { bandwidth: 'neighbours' } },
  { name: 'nsga2', sampler: 'nsga2', fits: ({ directions }) => directions.length > 1 },
  { name: 'cmaes', sampler: 'cmaes', fits: isContinuous },
  { name: 'gp', sampler: 'gp' },
  { name: defaultSetting, sampler: defaultSetting },
];

/** The settings whose sampler the registry has. */
export const ourSettings: readonly Setting[] = settings.filter((setting) =>
  samplers.some(({ name }) => name === setting.sampler),
);

export function samplerOf({ sampler, options }: Setting): Sampler {
  return createSampler(sampler, options);
}

/**
 * Optuna's settings, as `ask_tell.py` knows them. Its defaults are among them: with one objective `tpe` up to 4.9 and
 * `tpe-multivariate` since, with several `nsga2` up to 4.9 and `tpe` since.
 */
export const peerSettings = ['random', 'tpe', 'tpe-multivariate', 'nsga2', 'gp'] as const;
export type PeerSetting = (typeof peerSettings)[number];

/** Whether the setting is worth running: NSGA-II with one objective is nobody's choice. */
export function peerFits(setting: PeerSetting, { directions }: Problem): boolean {
  return setting !== 'nsga2' || directions.length > 1;
}
