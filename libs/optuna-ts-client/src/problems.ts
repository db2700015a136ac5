/** @file Door to searches with a known answer, for tests and benches; needs no test runner. */
export { transferLearningSurrogate } from './testing/transfer-learning-surrogate.js';
