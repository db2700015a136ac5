/** How one architecture is pretrained. */
export interface PretrainRecipe {
  readonly imagesPerClass: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Highest learning rate, after warm-up. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Ending of the norms' weights that start at zero, so that each residual block begins as the identity (Goyal et al. 2017). */
  readonly zeroInitial?: string;
  /** Factor on the convolutions' initial weights; their biases start at zero where it is given. */
  readonly initialGain?: number;
  /**
   * First of the blocks that are no part of the body. The body is trained with a linear head of its own on its mean over
   * height and width; then, on what the blocks from here on make of it, the network's head alone. Blocks between keep
   * their seeded initial state and are not stored.
   */
  readonly bodyEnd?: string;
  /** Of the network's head, where it is trained apart. SqueezeNet's dies behind its ReLU at more than a few hundredths. */
  readonly headLearningRate?: number;
  /**
   * While the body is trained, a batch norm stands before each block that begins with a 1 × 1 convolution `suffix`; it is
   * folded into that convolution afterwards, exactly.
   */
  readonly normalizedConvolution?: string;
}

/** Parts of an epoch between which the learning rate changes and progress is told. */
export const roundsPerEpoch = 4;

export const momentum = 0.9;

/**
 * Tuned on two cores for ten minutes each.
 *
 * SqueezeNet and AlexNet have no batch norm and stay at a loss of ln(classes) for epochs: what all pictures have in common
 * drowns what tells them apart. Batch norm before SqueezeNet's 1 × 1 convolutions and before the body's linear head takes
 * the common part away, and no trace of it stays in the weights. torch's initial state also lets AlexNet's signal fade by
 * 0.4 a layer; a gain of √6 (He's bound) keeps it. AlexNet's dense layers hold 54 of its 57 million parameters: left in
 * their seeded state they need no space here, and a random projection keeps what it reads.
 */
export const pretrainRecipes: Readonly<Record<string, PretrainRecipe>> = {
  squeezenet1_1: {
    imagesPerClass: 500,
    epochs: 14,
    batchSize: 32,
    learningRate: 0.03,
    weightDecay: 2e-4,
    bodyEnd: 'classifier',
    normalizedConvolution: 'squeeze',
    headLearningRate: 0.01,
  },
  alexnet: {
    imagesPerClass: 500,
    epochs: 14,
    batchSize: 32,
    learningRate: 0.008,
    weightDecay: 2e-4,
    initialGain: Math.sqrt(6),
    bodyEnd: 'avgpool',
    headLearningRate: 0.03,
  },
  resnet18: {
    imagesPerClass: 500,
    epochs: 5,
    batchSize: 32,
    learningRate: 0.03,
    weightDecay: 5e-4,
    zeroInitial: '.bn2.weight',
  },
};

/** For architectures without a recipe of their own. */
export const defaultRecipe: PretrainRecipe = pretrainRecipes.resnet18;

const decays = [0.5, 0.7, 0.85, 0.95];
const decayFactor = 0.3;
const warmupShare = 0.08;

/** Learning rate of a round: linear warm-up, then constant with a step down at 50, 70, 85 and 95 % of the way. */
export function learningRateAt(round: number, rounds: number, highest: number): number {
  const warmup = Math.max(1, Math.round(warmupShare * rounds));
  if (round < warmup) return (highest * (round + 1)) / (warmup + 1);
  return highest * decayFactor ** decays.filter((share) => round >= share * rounds).length;
}
