import { median } from '../side/median.js';
import type { Scene } from './scene.js';

/** A line of the table; times are medians over the rounds of one ask and tell, ms. */
export interface Row extends Scene {
  readonly oursMs: number | null;
  /** By setting of Optuna. */
  readonly optunaMs: Readonly<Record<string, number>>;
  /** Optuna's fastest setting. */
  readonly bestSetting: string | null;
  /** Its time over ours: above 1 ours is ahead. */
  readonly ratio: number | null;
  /** What our study holds for one trial, with all that the sampler keeps. */
  readonly bytesPerTrial: number | null;
  /** Why a number is missing. */
  readonly note?: string;
}

/** The name of our side; Optuna's are named by their setting. */
export const ourSide = 'ours';

/** @param rounds Seconds of one ask and tell, a value a round, by side. */
export function rowOf(
  scene: Scene,
  rounds: ReadonlyMap<string, readonly number[]>,
  bytesPerTrial: number | null,
  note?: string,
): Row {
  const times = [...rounds].filter(([, seconds]) => seconds.length > 0);
  const medians = times.map(([name, seconds]) => [name, 1000 * median(seconds)] as const);
  const ours = medians.find(([name]) => name === ourSide)?.[1] ?? null;
  const optuna = medians.filter(([name]) => name !== ourSide);
  const [best] = [...optuna].sort(([, a], [, b]) => a - b);
  return {
    ...scene,
    oursMs: ours,
    optunaMs: Object.fromEntries(optuna),
    bestSetting: best?.[0] ?? null,
    ratio: best === undefined || ours === null ? null : best[1] / ours,
    bytesPerTrial,
    ...(note === undefined ? {} : { note }),
  };
}
