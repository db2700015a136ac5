import { type Graph, type Node, resolve, rewire, rewirePorts, type ValueId } from './graph.js';

/**
 * Computes equal expressions once. The trace holds many: the gradients of a kernel's inputs each pad, transpose and
 * step for themselves. Loop bodies are left alone.
 */
export function eliminateCommonSubexpressions(graph: Graph): Graph {
  const replaced = new Map<ValueId, ValueId>();
  const seen = new Map<string, Node>();
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = rewire(original, replaced);
    const key = keyOf(node);
    const twin = key === undefined ? undefined : seen.get(key);
    if (twin === undefined) {
      if (key !== undefined) seen.set(key, node);
      nodes.push(node);
      continue;
    }
    node.outputs.forEach((output, index) => {
      const kept = twin.outputs[index];
      if (output !== undefined && kept !== undefined) replaced.set(output, resolve(replaced, kept));
    });
  }
  return { ...graph, nodes, outputs: rewirePorts(graph.outputs, replaced) };
}

function keyOf(node: Node): string | undefined {
  const attributes = Object.entries(node.attributes);
  if (attributes.some(([, { kind }]) => kind === 'graph' || kind === 'tensor')) return undefined;
  const text = attributes.map(([name, { value }]) => `${name}=${value}`).sort();
  return `${node.op}(${node.inputs})${node.outputs.length}{${text.join()}}`;
}
