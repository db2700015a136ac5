export { compareKernel, type KernelCase, type KernelComparison, kernelCases } from './lower/compare-kernel.fixture.js';
export { type ReferenceResult, referenceSteps } from './train/reference-steps.js';
