import type { InitialState } from './network.js';

/** The same value everywhere. */
export function constant(value: number): InitialState {
  return { kind: 'constant', value };
}

/** Normal around 0. */
export function normal(standardDeviation: number): InitialState {
  return { kind: 'normal', standardDeviation };
}

/**
 * What torch.nn.Conv2d and Linear start with, weights and bias alike: uniform within 1/√fanIn
 * (kaiming_uniform_ with a = √5).
 */
export function torchDefault(fanIn: number): InitialState {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) };
}

/** torch's kaiming_uniform_ with its defaults: uniform within √(6 / fanIn). @see He et al. 2015, arXiv:1502.01852 */
export function kaimingUniform(fanIn: number): InitialState {
  return { kind: 'uniform', bound: Math.sqrt(6 / fanIn) };
}

/** torch's kaiming_normal_ for ReLU: standard deviation √(2 / fan). @see He et al. 2015, arXiv:1502.01852 */
export function kaimingNormal(fan: number): InitialState {
  return normal(Math.sqrt(2 / fan));
}
