export { describePruner } from './testing/describe-pruner.js';
export { describeSampler } from './testing/describe-sampler.js';
export { describeStorage, type StorageUnderTest } from './testing/describe-storage.js';
export { makeTrial, type TrialInput } from './testing/make-trial.js';
