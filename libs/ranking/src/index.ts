export { crowdingDistance } from './crowding-distance.js';
export { dominates } from './dominance.js';
export { hypervolume, hypervolumeContributions, selectByHypervolume } from './hypervolume.js';
export { kneeRow } from './knee-row.js';
export type { LossRows } from './loss-rows.js';
export { nonDominatedSort, paretoFront } from './non-dominated-sort.js';
export { isDistinguishable, type RankedRow, type RankFrontOptions, rankFront } from './rank-front.js';
export { type Interval, wilsonInterval } from './wilson-interval.js';
