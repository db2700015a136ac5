import { eliminateCommonSubexpressions } from './eliminate-common-subexpressions.js';
import { eliminateDeadCode } from './eliminate-dead-code.js';
import { fold } from './fold.js';
import { fuseBias } from './fuse-bias.js';
import type { Graph } from './graph.js';

/** The passes in their order; each maps a graph to an equivalent one. */
export const passes: Readonly<Record<string, (graph: Graph) => Graph>> = {
  fuseBias,
  fold,
  eliminateCommonSubexpressions,
  eliminateDeadCode,
};

/** Runs every pass once; each works in one sweep in the order of definition, so a second round finds nothing new. */
export function optimize(graph: Graph): Graph {
  return Object.values(passes).reduce((current, pass) => pass(current), graph);
}
