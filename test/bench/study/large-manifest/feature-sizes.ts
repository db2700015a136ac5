import { compileInference } from '#engine';
import { findCard, modelCards } from '#model-zoo';
import { buildNetwork, type Network } from '#model-zoo/networks';
import { sizeOf } from '#primitives';

/** Numbers that the frozen blocks of a network leave of one picture. */
export interface FeatureSize {
  readonly architecture: string;
  /** At the shallow cut. */
  readonly shallow: number;
  /** At the partial cut. */
  readonly partial: number;
}

/** Side of the square that the networks see, pixels. */
export const featureImageSize = 224;

/** For every network of the zoo; the prefix up to the partial cut is compiled, and not run. */
export async function featureSizes(): Promise<FeatureSize[]> {
  const sizes: FeatureSize[] = [];
  for (const { name } of modelCards) {
    const network = buildNetwork(name, { classes: 20, imageSize: featureImageSize });
    const shallow = sizeOf(findCard(name).headInput);
    sizes.push({ architecture: name, shallow, partial: await outputSize(network, network.cut('partial')) });
  }
  return sizes;
}

async function outputSize(network: Network, cut: number): Promise<number> {
  const specs = network.tensors.filter(({ block }) => block >= 0 && block < cut);
  const inference = await compileInference({
    forward: (x, context) => network.forward(x, context, 0, cut),
    // What the numbers are makes no difference to how many there are.
    tensors: specs.map(({ name, shape }) => ({ name, shape, data: new Float32Array(sizeOf(shape)).fill(0.01) })),
    inputShape: [network.imageSize, network.imageSize, 3],
    batchSize: 1,
    threads: 1,
  });
  try {
    return sizeOf(inference.outputShape);
  } finally {
    await inference.dispose();
  }
}
