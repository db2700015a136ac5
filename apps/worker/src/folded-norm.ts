import type { Network } from '#model-zoo/networks';
import type { NamedTensor } from '#primitives';

/** A batch norm before a block, for the time of pretraining. */
export interface FoldedNorm {
  /** Prefix of its tensors. */
  readonly name: string;
  /** Index of the block it stands before. */
  readonly block: number;
  readonly channels: number;
  /** The 1 × 1 convolution with which the block begins. */
  readonly convolution: string;
}

export const normEpsilon = 1e-5;

/** A norm for each block before `end` that begins with the recipe's 1 × 1 convolution. */
export function normsOf(
  network: Network,
  end: number,
  recipe: { readonly normalizedConvolution?: string },
): FoldedNorm[] {
  if (recipe.normalizedConvolution === undefined) return [];
  const suffix = `.${recipe.normalizedConvolution}.weight`;
  return network.tensors
    .filter(({ name, block }) => name.endsWith(suffix) && block < end)
    .map(({ name, block, shape }) => {
      if (shape[0] !== 1 || shape[1] !== 1) throw new RangeError(`${name} is ${shape}, must be a 1 x 1 convolution`);
      const convolution = name.slice(0, -'.weight'.length);
      return { name: `norm.${block}`, block, channels: shape[2], convolution };
    });
}

/** A batch norm that gives every channel mean 0 and standard deviation `scale`. */
export function initialNorm(name: string, channels: number, scale = 1): NamedTensor[] {
  const filled = (suffix: string, value: number) => ({
    name: `${name}.${suffix}`,
    shape: [channels],
    data: new Float32Array(channels).fill(value),
  });
  return [filled('weight', scale), filled('bias', 0), filled('running_mean', 0), filled('running_var', 1)];
}

/**
 * Takes norms out: conv(x·a + b) = conv'(x) with w' = w·a and bias' = bias + Σ w·b. Exact for a 1 × 1 convolution without
 * padding.
 *
 * @param tensors By name, tfjs layout. Not modified.
 */
export function foldNorms(
  tensors: ReadonlyMap<string, NamedTensor>,
  norms: readonly FoldedNorm[],
): Map<string, NamedTensor> {
  const folded = new Map(tensors);
  const data = (name: string) => (tensors.get(name) as NamedTensor).data;
  for (const { name, channels, convolution } of norms) {
    const weight = tensors.get(`${convolution}.weight`) as NamedTensor;
    const outputs = weight.shape[3];
    const scaled = new Float32Array(weight.data.length);
    const bias = data(`${convolution}.bias`).slice();
    for (let channel = 0; channel < channels; channel++) {
      const a = data(`${name}.weight`)[channel] / Math.sqrt(data(`${name}.running_var`)[channel] + normEpsilon);
      const b = data(`${name}.bias`)[channel] - a * data(`${name}.running_mean`)[channel];
      for (let output = 0; output < outputs; output++) {
        const w = weight.data[channel * outputs + output];
        scaled[channel * outputs + output] = w * a;
        bias[output] += w * b;
      }
    }
    folded.set(weight.name, { ...weight, data: scaled });
    folded.set(`${convolution}.bias`, { name: `${convolution}.bias`, shape: [outputs], data: bias });
  }
  return folded;
}
