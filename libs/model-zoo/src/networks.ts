export { buildNetwork, type NetworkOptions } from './networks/build-network.js';
export { initialTensors } from './networks/initial-tensors.js';
export type { Block, InitialState, Layer, LayerContext, Network, TensorSpec } from './networks/network.js';
