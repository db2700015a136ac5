import type { SearchSpace } from '../../search-space.js';
import type { InternalParams } from '../sampler.js';

/** Parameters that are decided already, and where they may lie. */
export interface DecidedParams {
  readonly params: InternalParams;
  readonly space: SearchSpace;
}
