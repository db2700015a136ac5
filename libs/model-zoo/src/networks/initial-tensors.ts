import { type NamedTensor, Rng, sizeOf } from '#primitives';
import type { InitialState, Network, TensorSpec } from './network.js';

/**
 * The state before any training, by torchvision's rules for each layer, in tfjs layout and state_dict order.
 *
 * Every tensor has a stream of its own, seeded by `seed` and its name, so a tensor comes out the same alone or with
 * others and for any head. The values are part of the weights format (absent tensors are made again from the seed):
 * changing how they are drawn breaks files that were written before.
 *
 * @param seed Integer in [0, 2³²).
 * @param names Only these tensors; all by default.
 * @throws {RangeError} if the seed is out of range or a name is not the network's.
 */
export function initialTensors(network: Network, seed: number, names?: ReadonlySet<string>): NamedTensor[] {
  const rng = new Rng(seed);
  const unknown = [...(names ?? [])].filter((name) => !network.tensors.some((spec) => spec.name === name));
  if (unknown.length > 0) {
    throw new RangeError(`names has ${unknown[0]}, must be tensors of ${network.architecture}`);
  }
  return network.tensors.filter((spec) => !names || names.has(spec.name)).map((spec) => initialTensor(spec, rng));
}

function initialTensor({ name, shape, initial }: TensorSpec, rng: Rng): NamedTensor {
  const data = new Float32Array(sizeOf(shape));
  fill(data, initial, rng.fork(name));
  return { name, shape, data };
}

function fill(data: Float32Array, initial: InitialState, rng: Rng): void {
  switch (initial.kind) {
    case 'constant':
      data.fill(initial.value);
      return;
    case 'uniform':
      fillUniform(data, initial.bound, rng);
      return;
    case 'normal':
      for (let index = 0; index < data.length; index++) data[index] = rng.normal() * initial.standardDeviation;
      return;
    default:
      initial satisfies never;
  }
}

/** One draw of 53 bits serves two values of 26 bits: AlexNet's 57 million values take half the time. */
function fillUniform(data: Float32Array, bound: number, rng: Rng): void {
  const steps = 2 ** 26;
  const scale = (2 * bound) / steps;
  for (let index = 0; index < data.length; index += 2) {
    const draw = rng.float() * steps;
    const high = Math.floor(draw);
    data[index] = high * scale - bound;
    if (index + 1 < data.length) data[index + 1] = Math.floor((draw - high) * steps) * scale - bound;
  }
}
