import type { ConstantData, Graph, Node, ValueId } from './graph.js';

/** Drops nodes and constants that no output depends on, and trailing outputs that nobody reads. */
export function eliminateDeadCode(graph: Graph): Graph {
  const live = new Set<ValueId>(graph.outputs.map(({ value }) => value));
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    const used = node.outputs.map((output) => output !== undefined && live.has(output));
    const lastUsed = used.lastIndexOf(true);
    if (lastUsed < 0) continue;
    for (const input of node.inputs) if (input !== undefined) live.add(input);
    nodes.push({ ...node, outputs: node.outputs.slice(0, lastUsed + 1) });
  }
  const constants = new Map<ValueId, ConstantData>([...graph.constants].filter(([value]) => live.has(value)));
  return { ...graph, nodes: nodes.reverse(), constants };
}
