/** @file A network's tensors and pictures by the formula of test/golden/torchvision/generate.py. */
import { type Network, torchShape, toTfjsLayout } from '#model-zoo/networks';
import { type NamedTensor, type Shape, sizeOf } from '#primitives';
import { formulaTensor, formulaUnits } from '../golden/torchvision/formula-tensors.js';

/** From here on a tensor is kept for the next network that has it. */
const largeSize = 2 ** 23;
const large = new Map<string, NamedTensor>();

/** Every tensor of a network in tfjs layout. All VGGs have the same dense layers; they are filled once. */
export function formulaTensors(network: Network): NamedTensor[] {
  return network.tensors.map(({ name, shape }) => {
    const key = `${name} ${shape}`;
    const tensor = large.get(key) ?? toTfjsLayout(formulaTensor(name, torchShape(shape)));
    if (sizeOf(shape) >= largeSize) large.set(key, tensor);
    return tensor;
  });
}

/** Pictures [count, S, S, 3] of values in [-2, 2). */
export function formulaPictures(name: string, count: number, imageSize: number): Float32Array {
  const units = formulaUnits(name, count * 3 * imageSize ** 2);
  return channelsLast(units, [count, imageSize, imageSize, 3]).map((unit) => 2 * unit);
}

/** Values in torch's order of axes, [N, C, H, W], in the order of the given shape [N, H, W, C]. */
export function channelsLast(values: Float32Array, [count, height, width, channels]: Shape): Float32Array {
  const area = height * width;
  const result = new Float32Array(values.length);
  for (let picture = 0; picture < count; picture++) {
    for (let channel = 0; channel < channels; channel++) {
      const source = (picture * channels + channel) * area;
      const target = picture * area * channels + channel;
      for (let pixel = 0; pixel < area; pixel++) result[target + pixel * channels] = values[source + pixel];
    }
  }
  return result;
}
