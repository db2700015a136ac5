import { fitLinearProbe } from '#engine';
import type { ModelCard } from '#model-zoo';
import type { Network } from '#model-zoo/networks';
import { type NamedTensor, type Shape, sizeOf } from '#primitives';

/** What the head of a pretrained network reads, for every training picture. */
export interface HeadInputs {
  /** Of one example: [D], or maps [H, W, D]. */
  readonly shape: Shape;
  /** [n, ...shape] */
  readonly data: Float32Array;
  /** [n], indexes into the classes. */
  readonly labels: Int32Array;
}

/**
 * The main head as a linear probe: fitted to the frozen features before anything is trained, so that fine-tuning does
 * not begin by distorting good features for the sake of a random head.
 *
 * The shape of what the head reads says what the head is: [D] a dense layer; [H, W, D] a 1×1 convolution, ReLU, and the
 * mean over height and width (see `aboveRelu`). Other heads keep their seeded state: they sit on a branch of the body.
 *
 * @returns The head's weight and bias, tfjs layout.
 * @throws {RangeError} if the head's tensors do not fit the shape, or there is no example.
 * @throws {NonFiniteFeatureError} if the pretrained body gives a value that is not finite.
 * @see Kumar et al. 2022, arXiv:2202.10054 (LP-FT)
 */
export function probeHead(card: ModelCard, network: Network, inputs: HeadInputs): NamedTensor[] {
  const { shape, data, labels } = inputs;
  const { classes } = network;
  const depth = shape[shape.length - 1];
  const weight = { name: `${card.heads[0].name}.weight`, shape: [...shape.slice(1).map(() => 1), depth, classes] };
  const bias = { name: `${card.heads[0].name}.bias`, shape: [classes] };
  for (const wanted of [weight, bias]) {
    const found = network.tensors.find(({ name }) => name === wanted.name)?.shape;
    if (found?.join() !== wanted.shape.join()) {
      throw new RangeError(`head ${wanted.name} has shape [${found}], must be [${wanted.shape}] to read [${shape}]`);
    }
  }
  const features = shape.length === 1 ? data : spatialMeans(data, shape);
  const probe = fitLinearProbe({ features, labels, classes });
  const fitted = shape.length === 1 ? probe.bias : aboveRelu(probe, data);
  return [
    { ...weight, data: probe.weight },
    { ...bias, data: fitted },
  ];
}

/** [n, H, W, D] to [n, D]. */
export function spatialMeans(maps: Float32Array, shape: Shape): Float32Array {
  const depth = shape[shape.length - 1];
  const size = sizeOf(shape);
  const means = new Float32Array((maps.length / size) * depth);
  const sums = new Float64Array(depth);
  for (let example = 0; example * size < maps.length; example++) {
    sums.fill(0);
    for (let at = 0; at < size; at++) sums[at % depth] += maps[example * size + at];
    for (let channel = 0; channel < depth; channel++) means[example * depth + channel] = (sums[channel] * depth) / size;
  }
  return means;
}

/**
 * The bias with which a 1×1 convolution, ReLU and mean give what the linear layer gives on the mean: raised for every
 * class by the same number, the smallest for which no pre-activation on these maps is negative. The ReLU then changes
 * nothing, mean and linear layer swap places, and softmax does not see a shift that all classes share.
 *
 * @param probe Weight [D, classes] and bias [classes].
 * @param maps [n, H, W, D]
 * @returns [classes]
 */
export function aboveRelu(
  { weight, bias }: { readonly weight: Float32Array; readonly bias: Float32Array },
  maps: Float32Array,
): Float32Array {
  const classes = bias.length;
  const depth = weight.length / classes;
  const activations = new Float64Array(classes);
  let lowest = 0;
  for (let start = 0; start < maps.length; start += depth) {
    activations.set(bias);
    for (let channel = 0; channel < depth; channel++) {
      const value = maps[start + channel];
      // Maps come out of a ReLU: many values are zero.
      if (value === 0) continue;
      for (let label = 0; label < classes; label++) activations[label] += value * weight[channel * classes + label];
    }
    for (const activation of activations) lowest = Math.min(lowest, activation);
  }
  return bias.map((value) => value - lowest);
}
