import type { Spread } from './figures.js';

/** One sampler on one problem. */
export interface Row {
  readonly problem: string;
  readonly sense: 'minimize' | 'maximize';
  /** 'ours', or Optuna with its version. */
  readonly side: string;
  readonly sampler: string;
  /** Null where it did not run; `note` says why. */
  readonly spread: Spread | null;
  /** Of one ask and tell, of searches that ran just now. */
  readonly msPerTrial: number | null;
  readonly note?: string;
}

export const ourSide = 'ours';
