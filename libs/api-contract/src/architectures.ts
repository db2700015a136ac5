import { z } from 'zod';
import { retrainDepth, sha256, weightsName } from './vocabulary.js';

/** Pictures are resized to `resize` on the short side, cropped in the middle, and normalised per channel. */
const imageSpec = z.object({
  resize: z.number().int(),
  crop: z.number().int(),
  mean: z.array(z.number()).length(3),
  std: z.array(z.number()).length(3),
});

/** Weights that a study can start from: bundled with Retune, or imported into the data folder. */
export const weightsAtHand = z.object({
  name: weightsName,
  sha256,
  bytes: z.number().int(),
  licence: z.string(),
  imageSize: z.number().int(),
  /** What they were trained on. */
  source: z.string(),
  /** Of the task they were trained on. */
  classes: z.number().int(),
  /** There, 0–1; null where nobody said. */
  top1Accuracy: z.number().nullable(),
  bundled: z.boolean(),
  /** The file they were made of; null where Retune trained them itself. */
  origin: z.object({ from: z.string(), sha256 }).nullable(),
});
export type WeightsAtHand = z.infer<typeof weightsAtHand>;

export const architecture = z.object({
  name: z.string(),
  family: z.string(),
  title: z.string(),
  minImageSize: z.number().int(),
  defaultImageSize: z.number().int(),
  /** Parameters for two classes. */
  parameterCount: z.number().int(),
  head: z.string(),
  /** First trained block per retrain depth. */
  cuts: z.record(retrainDepth, z.string()),
  /** Pretrained weights that are at hand, the ones to start from first. */
  weights: z.array(weightsAtHand),
});
export type Architecture = z.infer<typeof architecture>;
export const architectureList = z.object({ items: z.array(architecture) });

/** Weights that torchvision publishes, at hand or not. */
export const publishedWeights = z.object({
  /** How Retune names them once they are fetched. */
  name: weightsName,
  /** torchvision's name, e.g. `IMAGENET1K_V1`. */
  torchvisionName: z.string(),
  file: z.string(),
  url: z.string(),
  /** First digits of the file's SHA-256. */
  sha256Prefix: z.string(),
  approximateBytes: z.number().int(),
  /** On ImageNet-1k's validation set, 0–1. */
  top1Accuracy: z.number(),
  classes: z.number().int(),
  preprocessing: imageSpec.extend({ interpolation: z.string(), antialias: z.boolean() }),
  licence: z.string(),
  atHand: z.boolean(),
});

/** GET /v1/architectures/:name: everything the zoo knows of an architecture. */
export const architectureCard = architecture.extend({
  paper: z.string(),
  /** The main head first; `inputs` values are read per class. */
  heads: z.array(z.object({ name: z.string(), inputs: z.number().int() })),
  /** Shape of what the shallow cut caches per image at `defaultImageSize`, channels last. */
  headInput: z.array(z.number().int()),
  preprocessing: imageSpec,
  /** Trainable parameters for numbers of classes. */
  parameterCounts: z.array(z.object({ classes: z.number().int(), parameters: z.number().int() })),
  /** Multiply-accumulates of one image at `defaultImageSize` and 1000 classes, 10⁹. */
  gigaMacs: z.number(),
  /** Tensors of the state_dict, without batch norm's counters. */
  tensorCount: z.number().int(),
  published: z.array(publishedWeights),
});
export type ArchitectureCard = z.infer<typeof architectureCard>;
