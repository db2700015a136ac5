import { Tensor } from 'onnxruntime-node';
import type { NamedTensor, Shape } from '#primitives';

/**
 * The state of a training between runs of the session, in two sets of buffers: one is read while the other is
 * written. Nothing orders a write after the last read inside of a run, so they must never be one.
 */
export class TrainingState {
  readonly #shapes = new Map<string, Shape>();
  #current = new Map<string, Float32Array>();
  #next = new Map<string, Float32Array>();

  /** Takes initial values under their port names; copies them. */
  constructor(tensors: readonly NamedTensor[]) {
    for (const { name, shape, data } of tensors) {
      this.#shapes.set(name, shape);
      this.#current.set(name, data.slice());
      this.#next.set(name, new Float32Array(data.length));
    }
  }

  /** Of one set of the buffers. */
  get bytes(): number {
    return [...this.#current.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Name, shape, buffer to read and buffer to write of every tensor. */
  *buffers(): Generator<{ name: string; shape: Shape; read: Float32Array; write: Float32Array }> {
    for (const [name, shape] of this.#shapes) {
      yield {
        name,
        shape,
        read: this.#current.get(name) as Float32Array,
        write: this.#next.get(name) as Float32Array,
      };
    }
  }

  /** The values as a session reads them, by name. */
  feeds(): Record<string, Tensor> {
    return Object.fromEntries(
      [...this.buffers()].map(({ name, shape, read }) => [name, new Tensor('float32', read, [...shape])]),
    );
  }

  /** Where a session writes the next values; `swap` takes them over. */
  fetches(): Record<string, Tensor> {
    return Object.fromEntries(
      [...this.buffers()].map(({ name, shape, write }) => [`next.${name}`, new Tensor('float32', write, [...shape])]),
    );
  }

  /** What was written is read from now on. */
  swap(): void {
    [this.#current, this.#next] = [this.#next, this.#current];
  }

  /** A copy of one tensor. */
  read(name: string): NamedTensor {
    const data = (this.#current.get(name) as Float32Array).slice();
    return { name, shape: this.#shapes.get(name) as Shape, data };
  }
}
