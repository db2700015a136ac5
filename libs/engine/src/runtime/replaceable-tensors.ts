import { Tensor } from 'onnxruntime-node';
import type { NamedTensor } from '#primitives';
import type { Graph } from '../ir/graph.js';
import { tensorInput } from '../trace/trace-forward.js';

/** The tensors of an inference that are inputs of its graph. */
export class ReplaceableTensors {
  readonly #shapes: ReadonlyMap<string, string>;
  readonly #inputs: ReadonlySet<string>;
  #tensors: readonly NamedTensor[];

  /** @param tensors Decide names and shapes. @param graph May leave some of them unread. */
  constructor(tensors: readonly NamedTensor[], graph: Graph) {
    this.#shapes = shapesOf(tensors);
    this.#inputs = new Set(graph.inputs.map(({ name }) => name));
    this.#tensors = tensors;
  }

  /** @throws {RangeError} if one is absent or has another shape. */
  replace(tensors: readonly NamedTensor[]): void {
    const given = shapesOf(tensors);
    for (const [name, shape] of this.#shapes) {
      const found = given.get(name);
      if (found !== shape) throw new RangeError(`tensors has ${name} [${found}], must have it with shape [${shape}]`);
    }
    this.#tensors = tensors;
  }

  /** What a run of the session reads. */
  feeds(): Record<string, Tensor> {
    const read = this.#tensors.filter(({ name }) => this.#inputs.has(tensorInput(name)));
    return Object.fromEntries(
      read.map(({ name, shape, data }) => [tensorInput(name), new Tensor('float32', data, [...shape])]),
    );
  }
}

function shapesOf(tensors: readonly NamedTensor[]): Map<string, string> {
  return new Map(tensors.map(({ name, shape }) => [name, String(shape)]));
}
