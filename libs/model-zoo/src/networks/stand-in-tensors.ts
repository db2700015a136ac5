import { type NamedTensor, Rng, sizeOf } from '#primitives';
import type { TensorSpec } from './network.js';

/** A prime, so that the rows of a filter do not repeat. */
const poolSize = 65_521;

/**
 * Tensors for measuring speed, spread as their initial state says, from one pool of draws: VGG's 129 million would take longer
 * to draw than to measure, and speed does not depend on them. Equal specs give equal bytes.
 */
export function standInTensors(specs: readonly TensorSpec[]): NamedTensor[] {
  const rng = new Rng(1);
  const normals = Float32Array.from({ length: poolSize }, () => rng.normal());
  const uniforms = Float32Array.from({ length: poolSize }, () => 2 * rng.float() - 1);
  return specs.map(({ name, shape, initial }) => {
    const data = new Float32Array(sizeOf(shape));
    if (initial.kind === 'constant') data.fill(initial.value);
    else if (initial.kind === 'uniform') repeat(data, uniforms, initial.bound);
    else repeat(data, normals, initial.standardDeviation);
    return { name, shape, data };
  });
}

function repeat(data: Float32Array, pool: Float32Array, scale: number): void {
  for (let index = 0; index < data.length; index++) data[index] = pool[index % poolSize] * scale;
}
