export { architectureNames, findCard, modelCards, UnknownArchitectureError } from './catalogue.js';
export {
  assertClasses,
  assertImageSize,
  type HeadCard,
  imageSpecAt,
  isHeadTensor,
  type ModelCard,
  maximumClasses,
  maximumImageSize,
  parameterCount,
  type RetrainDepth,
  type TorchvisionWeights,
} from './model-card.js';
export { fromHalf, toHalf } from './weights/half-precision.js';
export {
  type PublishedWeights,
  publishedName,
  publishedWeights,
  recognizePublished,
} from './weights/published-weights.js';
export { maximumFileBytes } from './weights/read-bytes.js';
export { readSafetensors, type SafetensorsFile } from './weights/read-safetensors.js';
export { readTorchFile, type TorchFile } from './weights/read-torch-file.js';
export { readWeightsFile, type WeightsFile } from './weights/read-weights-file.js';
export {
  bundledWeightsFolder,
  findWeights,
  imagenetLabels,
  importedWeightsFolder,
  indexedWeights,
  labelsOf,
  readWeightsIndex,
  UnknownWeightsError,
  type WeightsAtHand,
  type WeightsFolders,
  weightsAtHand,
} from './weights/weights-at-hand.js';
export {
  formatWeightsIndex,
  imagenetLabelSet,
  isWeightsName,
  parseWeightsIndex,
  type WeightsEntry,
  type WeightsOrigin,
} from './weights/weights-entry.js';
export { WeightsFileError } from './weights/weights-file-error.js';
export { type StoredPrecision, type WriteOptions, writeSafetensors } from './weights/write-safetensors.js';
