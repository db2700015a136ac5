import { sizeOf } from '#primitives';
import { type ConstantData, type Graph, type Node, rewire, rewirePorts, type ValueId } from './graph.js';
import { transposeData } from './transpose-data.js';

/** Elements of a constant up to which spreading a single number now is worth the bytes in the file. */
const largestSpread = 16_384;

/**
 * Removes what computes nothing: `x * 1`, `x / 1`, `x + 0`, `x - 0`, casts to the same type, reshapes and transposes
 * that change nothing, a reshape of a reshape; and transposes, reshapes, casts and small expansions of constants are done here.
 * `x * 0` is kept: batch norm needs it as a value of its own (see `lower/normalization.ts`).
 */
export function fold(graph: Graph): Graph {
  const replaced = new Map<ValueId, ValueId>();
  const constants = new Map(graph.constants);
  const nodes: Node[] = [];
  const producers = new Map<ValueId, Node>();
  const folding: Folding = { graph, constants, producers };
  for (const original of graph.nodes) {
    const node = shortcutReshape(folding, rewire(original, replaced));
    const output = node.outputs[0];
    const same = output === undefined ? undefined : unchangedInput(folding, node);
    if (output !== undefined && same !== undefined) {
      replaced.set(output, same);
      continue;
    }
    const constant = output === undefined ? undefined : evaluate(folding, node);
    if (output !== undefined && constant !== undefined) {
      constants.set(output, constant);
      continue;
    }
    nodes.push(node);
    if (output !== undefined) producers.set(output, node);
  }
  return { ...graph, nodes, constants, outputs: rewirePorts(graph.outputs, replaced) };
}

interface Folding {
  readonly graph: Graph;
  readonly constants: ReadonlyMap<ValueId, ConstantData>;
  readonly producers: ReadonlyMap<ValueId, Node>;
}

/** The input that the node's output always equals, if there is one. */
function unchangedInput({ graph, constants }: Folding, node: Node): ValueId | undefined {
  const [a, b] = node.inputs as ValueId[];
  const output = node.outputs[0] as ValueId;
  const type = graph.types.get(output);
  if (type === undefined || node.outputs.length !== 1) return undefined;
  const sameType = (value: ValueId): boolean => {
    const other = constants.get(value) ?? graph.types.get(value);
    return other?.dtype === type.dtype && String(other.shape) === String(type.shape);
  };
  const isAll = (value: ValueId, number: number): boolean => {
    const data = constants.get(value)?.data;
    return data?.length === 1 && Number(data[0]) === number;
  };
  const neutral = { Mul: 1, Div: 1, Add: 0, Sub: 0 }[node.op];
  if (neutral !== undefined) {
    if (isAll(b, neutral) && sameType(a)) return a;
    const commutes = node.op === 'Mul' || node.op === 'Add';
    return commutes && isAll(a, neutral) && sameType(b) ? b : undefined;
  }
  if (node.op === 'Cast' || node.op === 'Reshape' || node.op === 'Expand') return sameType(a) ? a : undefined;
  const permutation = node.attributes.perm;
  if (node.op === 'Transpose' && permutation?.kind === 'ints') {
    return permutation.value.every((axis, index) => axis === index) ? a : undefined;
  }
  return undefined;
}

/** Reshape(Reshape(x)) → Reshape(x). */
function shortcutReshape({ producers }: Folding, node: Node): Node {
  if (node.op !== 'Reshape') return node;
  const [data, shape] = node.inputs as ValueId[];
  const inner = producers.get(data);
  return inner?.op === 'Reshape' ? { ...node, inputs: [inner.inputs[0], shape] } : node;
}

/** The node's output if it can be known now. */
function evaluate({ graph, constants }: Folding, node: Node): ConstantData | undefined {
  const input = constants.get(node.inputs[0] as ValueId);
  const type = graph.types.get(node.outputs[0] as ValueId);
  if (input === undefined || type?.shape.some((axis) => typeof axis === 'string') !== false) return undefined;
  const shape = type.shape as readonly number[];
  const permutation = node.attributes.perm;
  if (node.op === 'Reshape') return { ...input, shape };
  if (node.op === 'Expand' && input.data.length === 1 && sizeOf(shape) <= largestSpread) {
    return {
      ...input,
      shape,
      data: new (input.data.constructor as Float32ArrayConstructor)(sizeOf(shape)).fill(input.data[0] as number),
    };
  }
  if (node.op === 'Cast' && type.dtype === 'float32') {
    return { dtype: 'float32', shape, data: Float32Array.from(input.data as ArrayLike<number | bigint>, Number) };
  }
  if (node.op === 'Transpose' && permutation?.kind === 'ints') {
    return { ...input, shape, data: transposeData(input.data, input.shape, permutation.value) };
  }
  return undefined;
}
