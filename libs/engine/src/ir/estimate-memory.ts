import { sizeOf } from '#primitives';
import { type Graph, type Node, typeOf, type ValueId } from './graph.js';

/** What a graph's values take, bytes. */
export interface MemoryEstimate {
  /** Most that is held at once: inputs, constants and outputs, and what lies between a value's making and its last use. */
  readonly peakBytes: number;
  /** The largest single value: what one buffer must be able to hold. */
  readonly largestBytes: number;
}

const elementBytes = { float32: 4, int32: 4, int64: 8, bool: 1, uint8: 1 } as const;

/** Operators whose result is their first input under another shape. */
const views = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);

/**
 * Walks the nodes in their order and adds up what is alive. Scratch space of operators and what an allocator rounds up
 * come on top; a runtime that writes over an input that dies, or that runs nodes in another order, needs less or more.
 *
 * @throws {TypeError} if the size of a value is not known.
 */
export function estimateMemory(graph: Graph): MemoryEstimate {
  const roots = rootsOf(graph.nodes);
  const root = (value: ValueId): ValueId => roots.get(value) ?? value;
  const kept = new Set([...graph.inputs, ...graph.outputs].map(({ value }) => root(value)));
  const lastUse = new Map<ValueId, number>();
  graph.nodes.forEach(({ inputs, outputs }, index) => {
    for (const value of [...outputs, ...inputs]) if (value !== undefined) lastUse.set(root(value), index);
  });

  const held = new Map<ValueId, number>();
  let [bytes, peakBytes, largestBytes] = [0, 0, 0];
  const hold = (value: ValueId): void => {
    if (held.has(value)) return;
    const size = bytesOf(graph, value);
    held.set(value, size);
    bytes += size;
    largestBytes = Math.max(largestBytes, size);
  };
  for (const { value } of graph.inputs) hold(value);
  for (const value of graph.constants.keys()) hold(value);
  graph.nodes.forEach(({ inputs, outputs }, index) => {
    for (const value of outputs) if (value !== undefined) hold(root(value));
    peakBytes = Math.max(peakBytes, bytes);
    for (const value of [...inputs, ...outputs]) {
      const own = value === undefined ? undefined : root(value);
      if (own === undefined || kept.has(own) || graph.constants.has(own) || lastUse.get(own) !== index) continue;
      bytes -= held.get(own) ?? 0;
      held.delete(own);
    }
  });
  return { peakBytes: Math.max(peakBytes, bytes), largestBytes };
}

/** The value whose memory each view shows. */
function rootsOf(nodes: readonly Node[]): Map<ValueId, ValueId> {
  const roots = new Map<ValueId, ValueId>();
  for (const { op, inputs, outputs } of nodes) {
    const [source] = inputs;
    const [result] = outputs;
    if (!views.has(op) || source === undefined || result === undefined) continue;
    roots.set(result, roots.get(source) ?? source);
  }
  return roots;
}

function bytesOf(graph: Graph, value: ValueId): number {
  const { dtype, shape } = typeOf(graph, value);
  const unknown = shape.find((axis) => typeof axis !== 'number');
  if (unknown !== undefined) throw new TypeError(`Value %${value} of graph ${graph.name} has an axis ${unknown}`);
  return elementBytes[dtype] * sizeOf(shape as readonly number[]);
}
