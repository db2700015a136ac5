import type { MetricName, TrialMeasures } from '#search';

/** Column and SQL type of each measure of a trial. */
export const measureColumns = {
  accuracy: ['accuracy', 'double precision'],
  correct: ['correct', 'integer'],
  validationImages: ['validation_images', 'integer'],
  validationLoss: ['validation_loss', 'double precision'],
  latencyP50Ms: ['latency_p50_ms', 'double precision'],
  latencyP95Ms: ['latency_p95_ms', 'double precision'],
  latencyBatch: ['latency_batch', 'integer'],
  latencyRepeats: ['latency_repeats', 'integer'],
  sizeBytes: ['size_bytes', 'bigint'],
  parameterCount: ['parameter_count', 'bigint'],
  trainedParameterCount: ['trained_parameter_count', 'bigint'],
  trainBatchSize: ['train_batch_size', 'integer'],
  decodeSeconds: ['decode_seconds', 'double precision'],
  compileSeconds: ['compile_seconds', 'double precision'],
  trainSeconds: ['train_seconds', 'double precision'],
  evaluationSeconds: ['evaluation_seconds', 'double precision'],
  computedSeconds: ['computed_seconds', 'double precision'],
  peakMemoryBytes: ['peak_memory_bytes', 'bigint'],
} as const satisfies Record<keyof TrialMeasures, readonly [column: string, type: string]>;

const entries = Object.entries(measureColumns);

/** Assigns the measures that a JSON parameter holds and keeps the others: `setMeasures('$3')`. */
export function setMeasures(parameter: string): string {
  const columns = entries.map(([, [column]]) => column).join(', ');
  const values = entries.map(([name, [column]]) => `coalesce(m."${name}", t.${column})`).join(', ');
  const types = entries.map(([name, [, type]]) => `"${name}" ${type}`).join(', ');
  return `(${columns}) = (SELECT ${values} FROM jsonb_to_record(${parameter}::jsonb) AS m(${types}))`;
}

/** Assigns NULL to every measure. */
export const clearMeasures = entries.map(([, [column]]) => `${column} = NULL`).join(', ');

/** The column of a metric; metrics never come from a request as text. */
export function metricColumn(metric: MetricName): string {
  return measureColumns[metric][0];
}
