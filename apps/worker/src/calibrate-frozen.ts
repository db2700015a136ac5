import type { Network } from '#model-zoo/networks';
import { type NamedTensor, sizeOf } from '#primitives';
import { runBlocks, tensorsOf } from './run-blocks.js';

/**
 * Fits the trained body to dense layers that stay as the seed made them: the body's last convolution is scaled (a ReLU
 * lets a factor through) so that its features have standard deviation 1, and each dense layer's bias takes its mean
 * answer away. Otherwise thousands of random features say almost the same, and no learning rate suits what is trained on
 * them. Only vectors change besides the body, so the dense weights still need not be stored.
 *
 * @param pictures [n, side, side, 3], normalised.
 * @param end First block after the body.
 * @param threads Of every session. @default as `runBlocks`
 * @returns All tensors, tfjs layout. Those given are not modified.
 */
export async function calibrateFrozen(
  network: Network,
  tensors: readonly NamedTensor[],
  end: number,
  pictures: Float32Array,
  threads?: number,
): Promise<NamedTensor[]> {
  const outputsOf = async (given: readonly NamedTensor[], to: number) => {
    const run = {
      network,
      tensors: given,
      from: 0,
      to,
      inputShape: [network.imageSize, network.imageSize, 3],
      threads,
    };
    return (await runBlocks(run, [pictures], () => 0)).value[0];
  };
  const features = await outputsOf(tensors, end);
  const factor = 1 / deviation(features.data, features.shape[features.shape.length - 1]);
  const last = new Set(tensorsOf(network, tensors, end - 1, end).map(({ name }) => name));
  let calibrated = tensors.map((tensor) =>
    last.has(tensor.name) ? withData(tensor, (value) => value * factor) : tensor,
  );
  for (let block = end; block < network.cut('shallow'); block++) {
    const [weight, bias] = tensorsOf(network, calibrated, block, block + 1);
    if (!weight || !bias) continue;
    const inputs = await outputsOf(calibrated, block);
    const answers = meanAnswers(weight, columnMeans(inputs.data, sizeOf(inputs.shape)));
    calibrated = calibrated.map((tensor) =>
      tensor.name === bias.name ? withData(tensor, (_, index) => -answers[index]) : tensor,
    );
  }
  return calibrated;
}

/** Root mean square over the channels of each channel's standard deviation. */
function deviation(data: Float32Array, channels: number): number {
  const means = columnMeans(data, channels);
  let squares = 0;
  data.forEach((value, at) => {
    squares += (value - means[at % channels]) ** 2;
  });
  return Math.sqrt(squares / data.length);
}

function columnMeans(data: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  data.forEach((value, at) => {
    sums[at % columns] += value;
  });
  return sums.map((sum) => (sum * columns) / data.length);
}

/** mean · W for a dense weight [inputs, outputs]. */
function meanAnswers({ shape, data }: NamedTensor, mean: Float64Array): Float64Array {
  const [inputs, outputs] = shape;
  const answers = new Float64Array(outputs);
  for (let input = 0; input < inputs; input++) {
    for (let output = 0; output < outputs; output++) answers[output] += mean[input] * data[input * outputs + output];
  }
  return answers;
}

function withData(tensor: NamedTensor, change: (value: number, index: number) => number): NamedTensor {
  return { ...tensor, data: tensor.data.map(change) };
}
