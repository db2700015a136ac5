export { type ReferenceResult, referenceSteps } from './train/reference-steps.js';
