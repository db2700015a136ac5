import { type Graph, type Node, typeOf, type ValueId } from './graph.js';

/**
 * Conv(x, w) + b → Conv(x, w, b) and Gemm(a, b) + c → Gemm(a, b, c), where the bias has one number per output
 * channel. onnxruntime then fuses a Relu behind it as well. Runs first, while the
 * reshape of the bias is still to be seen; the old node is left to dead code elimination.
 */
export function fuseBias(graph: Graph): Graph {
  const producers = new Map<ValueId, Node>();
  const nodes = graph.nodes.map((original) => {
    const node = original.op === 'Add' ? (fused(graph, producers, original) ?? original) : original;
    for (const output of node.outputs) if (output !== undefined) producers.set(output, node);
    return node;
  });
  return { ...graph, nodes };
}

function fused(graph: Graph, producers: ReadonlyMap<ValueId, Node>, add: Node): Node | undefined {
  const [left, right] = add.inputs as ValueId[];
  for (const [value, addend] of [
    [left, right],
    [right, left],
  ]) {
    const producer = producers.get(value);
    if (producer === undefined || producer.inputs.length !== 2) continue;
    if (producer.op !== 'Conv' && producer.op !== 'Gemm') continue;
    const { shape } = typeOf(graph, value);
    const channels = producer.op === 'Conv' ? shape[1] : shape[shape.length - 1];
    const bias = flatBias(
      graph,
      producers,
      addend,
      producer.op === 'Conv' ? [1, channels, 1, 1] : [1, channels],
      channels,
    );
    if (bias !== undefined) return { ...producer, inputs: [...producer.inputs, bias], outputs: add.outputs };
  }
  return undefined;
}

/** The vector behind a bias that was reshaped for broadcasting. */
function flatBias(
  graph: Graph,
  producers: ReadonlyMap<ValueId, Node>,
  addend: ValueId,
  broadcastShape: readonly unknown[],
  channels: unknown,
): ValueId | undefined {
  if (String(graph.types.get(addend)?.shape) !== String(broadcastShape)) return undefined;
  let source: ValueId | undefined = addend;
  while (source !== undefined && String(graph.types.get(source)?.shape) !== String(channels)) {
    const producer: Node | undefined = producers.get(source);
    source = producer?.op === 'Reshape' ? producer.inputs[0] : undefined;
  }
  return source;
}
