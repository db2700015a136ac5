export { adaptHead } from './networks/adapt-head.js';
export { buildNetwork, type NetworkOptions } from './networks/build-network.js';
export { type ConvertedWeights, type ConvertOptions, convertWeights } from './networks/convert-weights.js';
export { initialTensors } from './networks/initial-tensors.js';
export { type LoadOptions, loadWeights, pretrainedTensors } from './networks/load-weights.js';
export type { Block, InitialState, Layer, LayerContext, Network, TensorSpec } from './networks/network.js';
export { type SaveOptions, saveWeights } from './networks/save-weights.js';
export { torchShape, toTfjsLayout, toTorchLayout } from './networks/tensor-layout.js';
export { type StateDict, toStateDict } from './networks/to-state-dict.js';
