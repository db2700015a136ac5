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
