import { Tensor } from 'onnxruntime-node';
import type { NamedTensor, Shape } from '#primitives';
import { transposeData } from '../ir/transpose-data.js';
import { inOrder, type Layout } from '../lower/lowered.js';
import { stateLayout } from './compile-step.js';

/** A tensor of the state as the session holds it. */
interface Held {
  readonly shape: Shape;
  readonly layout: Layout;
}

/**
 * The state of a training between runs of the session, in two sets of buffers: one is read while the other is
 * written. Nothing orders a write after the last read inside of a run, so they must never be one.
 */
export class TrainingState {
  readonly #held = new Map<string, Held>();
  #current = new Map<string, Float32Array>();
  #next = new Map<string, Float32Array>();

  /** Takes initial values under their port names, in tfjs layout; copies them. */
  constructor(tensors: readonly NamedTensor[]) {
    for (const { name, shape, data } of tensors) {
      const layout = stateLayout(shape.length);
      this.#held.set(name, { shape, layout });
      this.#current.set(name, transposeData(data, shape, layout));
      this.#next.set(name, new Float32Array(data.length));
    }
  }

  /** Name, shape in memory, buffer to read and buffer to write of every tensor. */
  *buffers(): Generator<{ name: string; dims: readonly number[]; read: Float32Array; write: Float32Array }> {
    for (const [name, { shape, layout }] of this.#held) {
      const dims = layout.map((axis) => shape[axis]);
      yield {
        name,
        dims,
        read: this.#current.get(name) as Float32Array,
        write: this.#next.get(name) as Float32Array,
      };
    }
  }

  /** The values as a session reads them, by name. */
  tensors(): Map<string, Tensor> {
    return new Map([...this.buffers()].map(({ name, dims, read }) => [name, new Tensor('float32', read, dims)]));
  }

  /** What was written is read from now on. */
  swap(): void {
    [this.#current, this.#next] = [this.#next, this.#current];
  }

  /** A copy of one tensor in tfjs layout. */
  read(name: string): NamedTensor {
    const { shape, layout } = this.#held.get(name) as Held;
    const dims = layout.map((axis) => shape[axis]);
    const inverse = inOrder(shape.length).map((axis) => layout.indexOf(axis));
    const data = transposeData(this.#current.get(name) as Float32Array, dims, inverse);
    return { name, shape, data };
  }
}
