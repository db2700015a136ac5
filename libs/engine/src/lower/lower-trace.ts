import type { Graph } from '../ir/graph.js';
import type { ExecutionProvider } from '../runtime/execution-device.js';
import type { KernelName } from '../trace/kernels.js';
import type { KernelCall, Trace, TracedConstant, TracedId, TracedType } from '../trace/trace.js';
import { UnsupportedKernelError } from '../trace/unsupported-kernel-error.js';
import { elementType } from './elementwise.js';
import { inOrder, type Lowered } from './lowered.js';
import type { Lowering } from './lowering.js';
import { LoweringContext } from './lowering-context.js';
import { lowerings } from './table.js';

/** How to lower. */
export interface LoweringOptions {
  /** A value to stand for an input, computed from inputs it declares itself; undefined for an input of the graph. */
  bindInput?(g: LoweringContext, name: string): Lowered | undefined;
  /** The batch size in the trace stands for any batch size, see `LoweringContext`. */
  readonly placeholderBatch?: number;
  /** What the graph will run on: which operators there are, and which are fast. @default cpu */
  readonly target?: ExecutionProvider;
}

/**
 * Turns a trace into a graph of ONNX operators, not yet optimised.
 *
 * @throws {UnsupportedKernelError} naming kernel and layer.
 */
export function lowerTrace(trace: Trace, name: string, options: LoweringOptions = {}): Graph {
  const g = new LoweringContext(options);
  const values = new Map<TracedId, Lowered>();
  for (const { name: port, value } of trace.inputs) {
    values.set(value, options.bindInput?.(g, port) ?? declareInput(g, port, trace.types[value]));
  }
  for (const [value, constant] of trace.constants) values.set(value, lowerConstant(g, trace.types[value], constant));
  for (const call of trace.calls) lowerCall(g, call, values);
  const outputs = trace.outputs.map(({ name: port, value }) => {
    const lowered = values.get(value) as Lowered;
    return { name: port, value: g.dense(lowered, inOrder(lowered.shape.length)).id };
  });
  return g.builder.finish(name, outputs);
}

function declareInput(g: LoweringContext, name: string, { shape, dtype }: TracedType): Lowered {
  const id = g.builder.input(name, elementType(dtype), g.symbolic(shape));
  return { id, dtype: elementType(dtype), shape, actual: shape, layout: inOrder(shape.length) };
}

function lowerConstant(g: LoweringContext, { shape, dtype }: TracedType, { values }: TracedConstant): Lowered {
  return g.constant(elementType(dtype), shape, values);
}

function lowerCall(g: LoweringContext, call: KernelCall, values: Map<TracedId, Lowered>): void {
  const { kernel, inputs, attrs, outputs, scope } = call;
  const find = (id: TracedId): Lowered => values.get(id) as Lowered;
  const lowered: unknown = Array.isArray(inputs)
    ? inputs.map(find)
    : Object.fromEntries(Object.entries(inputs).map(([key, id]) => [key, find(id as TracedId)]));
  g.builder.scope = scope;
  try {
    const row = lowerings[kernel] as Lowering<KernelName>;
    const results = [row(g, lowered as never, attrs as never)].flat();
    outputs.forEach((id, index) => {
      values.set(id, results[index]);
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnsupportedKernelError(kernel, scope, error.message, { cause: error });
  }
}
