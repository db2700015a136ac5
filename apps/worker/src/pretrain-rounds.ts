import type { LoadedSplit } from '#dataset/pictures';
import { compileTrainer, DivergedError, type Trainer, type TrainingPlan } from '#engine';
import { type Clock, hashSeed, type ImageSpec, type NamedTensor, Rng } from '#primitives';
import { augmentPictures } from './augment-pictures.js';
import { learningRateAt, type PretrainRecipe, roundsPerEpoch } from './pretrain-recipe.js';

/** What rounds are trained on. */
export interface RoundsTask {
  readonly recipe: PretrainRecipe;
  readonly train: LoadedSplit;
  readonly image: ImageSpec;
  readonly seed: number;
  readonly clock: Clock;
  /** After every round. */
  onProgress(progress: PretrainProgress): void;
}

export interface PretrainProgress {
  /** 0–1. */
  readonly done: number;
  /** Mean over the round, nats; NaN where it diverged. */
  readonly loss: number;
  readonly trainAccuracy: number;
  readonly learningRate: number;
  readonly secondsRemaining: number;
  /** The round made things so much worse that it was undone. */
  readonly undone: boolean;
}

/** A round whose loss is this much above the last good one's has collapsed: nats. */
const collapse = 0.3;

/**
 * Trains round by round. A plain network (no batch norm) can lose within a hundred steps what took it a thousand, and
 * never finds back; a round in which that happens is undone, and all later ones run at half the learning rate.
 *
 * @returns The plan's tensors after the last good round.
 */
export async function trainRounds(task: RoundsTask, plan: TrainingPlan): Promise<NamedTensor[]> {
  const rounds = task.recipe.epochs * roundsPerEpoch;
  const started = task.clock.monotonicMs();
  let good = { loss: Number.POSITIVE_INFINITY, tensors: [...plan.tensors] };
  let caution = 1;
  let trainer = await compileTrainer(plan);
  try {
    for (let round = 0; round < rounds; round++) {
      const learningRate = caution * learningRateAt(round, rounds, task.recipe.learningRate);
      const { loss, accuracy } = await trainRound(task, trainer, round, learningRate);
      const undone = !(loss <= good.loss + collapse);
      if (undone) {
        caution /= 2;
        await trainer.dispose();
        trainer = await compileTrainer({ ...plan, tensors: good.tensors });
      } else good = { loss, tensors: trainer.tensors() };
      const done = (round + 1) / rounds;
      const secondsRemaining = ((task.clock.monotonicMs() - started) / 1000) * (1 / done - 1);
      task.onProgress({ done, loss, trainAccuracy: accuracy, learningRate, secondsRemaining, undone });
    }
    return good.tensors;
  } finally {
    await trainer.dispose();
  }
}

/** One part of an epoch, freshly augmented. */
async function trainRound(
  { train, image, seed }: RoundsTask,
  trainer: Trainer,
  round: number,
  learningRate: number,
): Promise<{ loss: number; accuracy: number }> {
  const count = train.labels.length;
  const [epoch, part] = [Math.floor(round / roundsPerEpoch), round % roundsPerEpoch];
  const order = new Rng(hashSeed(seed, 'pretrain-order', epoch)).permutation(count);
  const from = Math.floor((part * count) / roundsPerEpoch);
  const to = Math.floor(((part + 1) * count) / roundsPerEpoch);
  const data = augmentPictures(train, order, [from, to], image, new Rng(hashSeed(seed, 'augment', round)));
  try {
    return await trainer.trainEpoch(data, { epoch: round, learningRate });
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return { loss: Number.NaN, accuracy: 0 };
  }
}
