import type {
  Attributes,
  ConstantData,
  Dimension,
  ElementType,
  Graph,
  MicrosoftDomain,
  Node,
  Port,
  ValueId,
  ValueType,
} from './graph.js';

/** Extras of a node that most nodes do not need. */
export interface NodeOptions {
  readonly domain?: MicrosoftDomain;
}

/** Collects nodes into a graph. */
export class GraphBuilder {
  /** Layer that the nodes to come belong to; shown by `printGraph` and in errors. */
  scope: string | undefined;
  #nextId = 0;
  readonly #inputs: Port[] = [];
  readonly #constants = new Map<ValueId, ConstantData>();
  readonly #sameConstants = new Map<string, ValueId>();
  readonly #nodes: Node[] = [];
  readonly #types = new Map<ValueId, ValueType>();

  /** Declares an input; names are unique within a graph. */
  input(name: string, dtype: ElementType, shape: readonly Dimension[]): ValueId {
    const value = this.#newId();
    this.#inputs.push({ name, value });
    this.#types.set(value, { dtype, shape });
    return value;
  }

  /** Adds a constant; equal ones share one value where they are small or lists of indices. */
  constant(dtype: ElementType, shape: readonly number[], data: ConstantData['data']): ValueId {
    const key = data.length <= 16 || dtype === 'int32' ? `${dtype}[${shape}]${data.join()}` : undefined;
    const known = key === undefined ? undefined : this.#sameConstants.get(key);
    if (known !== undefined) return known;
    const id = this.#newId();
    this.#constants.set(id, { dtype, shape, data });
    this.#types.set(id, { dtype, shape });
    if (key !== undefined) this.#sameConstants.set(key, id);
    return id;
  }

  /** A float32 scalar. */
  scalar(value: number): ValueId {
    return this.constant('float32', [], Float32Array.of(value));
  }

  /** A list of int64, as ONNX wants shapes, axes and pads. */
  integers(values: readonly number[]): ValueId {
    return this.constant(
      'int64',
      [values.length],
      BigInt64Array.from(values, (value) => BigInt(value)),
    );
  }

  /** Contents of a constant, or undefined if the value is computed. */
  constantOf(value: ValueId): ConstantData | undefined {
    return this.#constants.get(value);
  }

  /** Adds a node with one output. */
  node(
    op: string,
    inputs: readonly (ValueId | undefined)[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): ValueId {
    return this.nodes(op, inputs, attributes, 1, options)[0];
  }

  /** Adds a node with several outputs. */
  nodes(
    op: string,
    inputs: readonly (ValueId | undefined)[],
    attributes: Attributes,
    outputCount: number,
    options: NodeOptions = {},
  ): ValueId[] {
    const outputs = Array.from({ length: outputCount }, () => this.#newId());
    this.#nodes.push({ op, inputs, outputs, attributes, ...options, ...(this.scope ? { scope: this.scope } : {}) });
    return outputs;
  }

  /** Records the type of a value. */
  describe(value: ValueId, dtype: ElementType, shape: readonly Dimension[]): ValueId {
    this.#types.set(value, { dtype, shape });
    return value;
  }

  /** Makes the graph; the builder must not be used afterwards. */
  finish(name: string, outputs: readonly Port[]): Graph {
    return {
      name,
      inputs: this.#inputs,
      outputs,
      captures: [],
      constants: this.#constants,
      nodes: this.#nodes,
      types: this.#types,
    };
  }

  #newId(): ValueId {
    return this.#nextId++ as ValueId;
  }
}
