/**
 * @file The intermediate representation: a graph of ONNX operators in static single assignment, nodes in an order
 * in which every value is defined before its use. Graphs are immutable; a pass maps a graph to a graph.
 */

/** Handle of one value of one graph. */
export type ValueId = number & { readonly __brand: 'ValueId' };

/** Element types that occur; named as onnxruntime names them. */
export type ElementType = 'float32' | 'int32' | 'int64' | 'bool' | 'uint8';

/** Size of an axis: a number, or the name of a size that is known at run time only. */
export type Dimension = number | string;

/** What is known of a value. */
export interface ValueType {
  readonly dtype: ElementType;
  readonly shape: readonly Dimension[];
  /** A sequence of such tensors in place of one. */
  readonly isSequence?: boolean;
}

/** Contents of a constant, row-major. */
export interface ConstantData {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
}

/** Value of an operator's attribute, tagged with the type ONNX wants to know. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: ConstantData }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'graph'; readonly value: Graph };

/** Attributes of one node by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** Operators that onnxruntime has beside those of ONNX. */
export type MicrosoftDomain = 'com.microsoft' | 'com.microsoft.nchwc';

/** One call of an operator. */
export interface Node {
  readonly op: string;
  /** `com.microsoft` for onnxruntime's own operators, `.nchwc` for its blocked ones; absent for those of ONNX. */
  readonly domain?: MicrosoftDomain;
  /** `undefined` is an optional input that is left out. */
  readonly inputs: readonly (ValueId | undefined)[];
  readonly outputs: readonly (ValueId | undefined)[];
  readonly attributes: Attributes;
  /** The layer it was traced from. */
  readonly scope?: string;
}

/** A named input or output of a graph. */
export interface Port {
  readonly name: string;
  readonly value: ValueId;
}

/** A graph, or the body of a loop. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Values of the surrounding graph that a body reads, by their port's name there. Empty for a whole model. */
  readonly captures: readonly Port[];
  readonly constants: ReadonlyMap<ValueId, ConstantData>;
  readonly nodes: readonly Node[];
  /** Type of every value that is known; complete for ports. */
  readonly types: ReadonlyMap<ValueId, ValueType>;
}

/** The type of a value, or an error where it must be known and is not. */
export function typeOf(graph: Graph, value: ValueId): ValueType {
  const constant = graph.constants.get(value);
  const type = constant ?? graph.types.get(value);
  if (type === undefined) throw new TypeError(`Value %${value} of graph ${graph.name} has no type`);
  return type;
}

/** What stands for `value` after the replacements, followed to the end of each chain. */
export function resolve(replaced: ReadonlyMap<ValueId, ValueId>, value: ValueId): ValueId {
  let current = value;
  for (let next = replaced.get(current); next !== undefined; next = replaced.get(current)) current = next;
  return current;
}

/** The same node reading other values. */
export function rewire(node: Node, replaced: ReadonlyMap<ValueId, ValueId>): Node {
  if (!node.inputs.some((input) => input !== undefined && replaced.has(input))) return node;
  return { ...node, inputs: node.inputs.map((input) => (input === undefined ? input : resolve(replaced, input))) };
}

/** The same ports on other values. */
export function rewirePorts(ports: readonly Port[], replaced: ReadonlyMap<ValueId, ValueId>): Port[] {
  return ports.map(({ name, value }) => ({ name, value: resolve(replaced, value) }));
}
