import type { Graph, ValueId } from './graph.js';

/** Gives handles that no value of the graph has. */
export function freshIds({ types, constants, nodes }: Graph): () => ValueId {
  let last = -1;
  for (const values of [types.keys(), constants.keys()]) for (const value of values) last = Math.max(last, value);
  for (const { outputs } of nodes) for (const output of outputs) last = Math.max(last, output ?? -1);
  return () => ++last as ValueId;
}
