import { Tensor } from 'onnxruntime-node';
import type { NamedTensor, Shape } from '#primitives';
import type { Graph } from '../ir/graph.js';

/**
 * The state of a training between runs of the session. What a session writes has two buffers: one is read while the
 * other is written, since nothing orders a write after the last read inside of a run.
 */
export class TrainingState {
  readonly #shapes = new Map<string, Shape>();
  readonly #inputs: readonly string[];
  readonly #current = new Map<string, Float32Array>();
  readonly #next = new Map<string, Float32Array>();

  /** Takes initial values under their port names, copies them. @param step The graph whose state it is. */
  constructor(tensors: readonly NamedTensor[], step: Graph) {
    const outputs = new Set(step.outputs.map(({ name }) => name));
    for (const { name, shape, data } of tensors) {
      this.#shapes.set(name, shape);
      this.#current.set(name, data.slice());
      if (outputs.has(name)) this.#next.set(name, new Float32Array(data.length));
    }
    this.#inputs = step.inputs.map(({ name }) => name).filter((name) => this.#shapes.has(name));
  }

  /** Bytes of what is not among these names: whoever reads that is not the session. */
  bytesBeside(names: readonly string[]): number {
    const beside = [...this.#current].filter(([name]) => !names.includes(name));
    return beside.reduce((sum, [, { byteLength }]) => sum + byteLength, 0);
  }

  /** Takes other values under the same names, copies them. */
  reset(tensors: readonly NamedTensor[]): void {
    for (const { name, data } of tensors) this.values(name).set(data);
  }

  /** The values that a session reads, by name. */
  feeds(): Record<string, Tensor> {
    return Object.fromEntries(this.#inputs.map((name) => [name, this.#tensor(name, this.values(name))]));
  }

  /** Where a session writes the next values, by name; `swap` takes them over. */
  nextBuffers(): ReadonlyMap<string, Float32Array> {
    return this.#next;
  }

  /** The same as tensors, named as a session's outputs are. */
  fetches(): Record<string, Tensor> {
    return Object.fromEntries([...this.#next].map(([name, data]) => [`next.${name}`, this.#tensor(name, data)]));
  }

  /** What was written is read from now on. */
  swap(): void {
    for (const [name, written] of this.#next) {
      this.#next.set(name, this.values(name));
      this.#current.set(name, written);
    }
  }

  /** The values of one tensor as they are, to be changed in place by whoever updates without a session. */
  values(name: string): Float32Array {
    return this.#current.get(name) as Float32Array;
  }

  /** One tensor as it lies here, until it is written over. */
  view(name: string): NamedTensor {
    return { name, shape: this.#shapes.get(name) as Shape, data: this.values(name) };
  }

  #tensor(name: string, data: Float32Array): Tensor {
    return new Tensor('float32', data, [...(this.#shapes.get(name) as Shape)]);
  }
}
