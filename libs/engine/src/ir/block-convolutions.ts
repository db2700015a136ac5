import { int, ints, string } from './attribute.js';
import { eliminateDeadCode } from './eliminate-dead-code.js';
import { freshIds } from './fresh-ids.js';
import { type Graph, type Node, typeOf, type ValueId } from './graph.js';

const domain = 'com.microsoft.nchwc';

/**
 * Runs convolutions whose filters are no constants on onnxruntime's blocked kernels. Where weights are constant it does
 * so by itself; in a training step a 3×3 convolution gains a tenth to a fifth on one thread and up to a half on several.
 *
 * Conv(x, w) → ReorderOutput(nchwc.Conv(ReorderInput(x), w blocked)), with a Relu behind it taken in, and no way back
 * and forth where one follows the other. Blocked memory is [N, C/b, H, W, b], a filter [O/b, I/b, h, w, b of I, b of O].
 * Convolutions with 1×1 filters, with groups, and with channels that are no multiple of b stay as they are.
 *
 * @param block b, see `channelBlock`; 0 where the processor has no such kernels.
 * @see onnxruntime 1.30: core/optimizer/nchwc_transformer.cc, core/mlas/lib/reorder.cpp
 */
export function blockConvolutions(graph: Graph, block: number): Graph {
  if (block === 0) return graph;
  const fresh = freshIds(graph);
  const types = new Map(graph.types);
  const constants = new Map(graph.constants);
  const producers = producersOf(graph);
  const relus = onlyRelus(graph);
  /** The blocked value that holds the same as a plain one. */
  const blocked = new Map<ValueId, ValueId>();
  const fused = new Set<Node>();
  const nodes: Node[] = [];

  const emit = (node: Omit<Node, 'outputs'>, output: ValueId = fresh()): ValueId => {
    nodes.push({ ...node, outputs: [output] });
    return output;
  };
  const integers = (values: readonly number[]): ValueId => {
    const value = fresh();
    const type = { dtype: 'int64' as const, shape: [values.length] };
    constants.set(value, { ...type, data: BigInt64Array.from(values, (size) => BigInt(size)) });
    types.set(value, type);
    return value;
  };
  const blockedInput = (value: ValueId, scope: Node['scope']): ValueId => {
    const known = blocked.get(value);
    if (known !== undefined) return known;
    const result = emit({ op: 'ReorderInput', domain, inputs: [value], attributes: {}, scope });
    blocked.set(value, result);
    return result;
  };
  const blockedFilter = (filter: ValueId, [outputs, inputs, ...window]: number[], scope: Node['scope']): ValueId => {
    // Read from where it was before it became OIHW, so that it moves once.
    const turned = producers.get(filter);
    const permutation = turned?.op === 'Transpose' ? turned.attributes.perm : undefined;
    const order = permutation?.kind === 'ints' ? permutation.value : [0, 1, 2, 3];
    const source = permutation === undefined ? filter : (turned?.inputs[0] as ValueId);
    const split: number[] = [];
    const place: number[] = []; // of each axis of OIHW, in `split`
    order
      .map((axis, index) => ({ axis, index }))
      .sort((a, b) => a.axis - b.axis)
      .forEach(({ index }) => {
        place[index] = split.length;
        const size = [outputs, inputs, ...window][index];
        split.push(...(index < 2 ? [size / block, block] : [size]));
      });
    const [o, i, h, w] = place;
    const parts = emit({ op: 'Reshape', inputs: [source, integers(split)], attributes: {}, scope });
    const perm = ints([o, i, h, w, i + 1, o + 1]);
    const moved = emit({ op: 'Transpose', inputs: [parts], attributes: { perm }, scope });
    return emit({ op: 'Reshape', inputs: [moved, integers([outputs, inputs, ...window])], attributes: {}, scope });
  };

  for (const node of graph.nodes) {
    if (fused.has(node)) continue;
    const shape = filterShape(graph, node, block);
    if (shape === undefined) {
      nodes.push(node);
      continue;
    }
    const { scope } = node;
    const [x, filter, bias] = node.inputs as ValueId[];
    const [output] = node.outputs as ValueId[];
    const relu = relus.get(output);
    const result = (relu?.outputs[0] ?? output) as ValueId;
    if (relu !== undefined) fused.add(relu);
    const attributes = {
      dilations: ints([1, 1]),
      strides: ints([1, 1]),
      ...node.attributes,
      group: int(1),
      ...(relu === undefined ? {} : { activation: string('Relu') }),
    };
    const operands = [
      blockedInput(x, scope),
      blockedFilter(filter, shape, scope),
      ...(bias === undefined ? [] : [bias]),
    ];
    const product = emit({ op: 'Conv', domain, inputs: operands, attributes, scope });
    blocked.set(result, product);
    emit({ op: 'ReorderOutput', domain, inputs: [product], attributes: { channels: int(shape[0]) }, scope }, result);
  }
  return eliminateDeadCode({ ...graph, nodes, types, constants }); // filters that were reordered for Conv
}

/** OIHW sizes of the filter if the node is a convolution to be blocked. */
function filterShape(graph: Graph, node: Node, block: number): number[] | undefined {
  if (node.op !== 'Conv' || node.domain !== undefined || node.attributes.group !== undefined) return undefined;
  const filter = node.inputs[1] as ValueId;
  if (graph.constants.has(filter)) return undefined;
  const shape = typeOf(graph, filter).shape as number[];
  const [outputs, inputs, height, width] = shape;
  return height * width > 1 && outputs % block === 0 && inputs % block === 0 ? shape : undefined;
}

function producersOf({ nodes }: Graph): ReadonlyMap<ValueId, Node> {
  const producers = new Map<ValueId, Node>();
  for (const node of nodes) for (const output of node.outputs) if (output !== undefined) producers.set(output, node);
  return producers;
}

/** For each value that a Relu and nothing else reads, that Relu. */
function onlyRelus({ nodes, outputs }: Graph): ReadonlyMap<ValueId, Node> {
  const readers = new Map<ValueId, Node[]>();
  for (const node of nodes) {
    for (const input of node.inputs) if (input !== undefined) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  const kept = new Set(outputs.map(({ value }) => value));
  const single = [...readers].filter(([value, list]) => list.length === 1 && list[0].op === 'Relu' && !kept.has(value));
  return new Map(single.map(([value, [relu]]) => [value, relu]));
}
