export { toFrozenTrials } from './frozen-trials.js';
export { makeDatasetContent } from './testing/make-dataset-content.js';
export { makeStudySpec } from './testing/make-study-spec.js';
export { makeEpochReport, makeTrialMeasures } from './testing/make-trial-measures.js';
