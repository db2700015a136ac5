/** What a trial is measured by: accuracy 0–1, latencies in ms of one batch, seconds of training, bytes, a count. */
export const metricNames = [
  'accuracy',
  'latencyP50Ms',
  'latencyP95Ms',
  'trainSeconds',
  'sizeBytes',
  'parameterCount',
] as const;

export type MetricName = (typeof metricNames)[number];

/** Metrics that training does not change: they are final as soon as they are measured. */
export const metricsBeforeTraining: ReadonlySet<MetricName> = new Set([
  'latencyP50Ms',
  'latencyP95Ms',
  'sizeBytes',
  'parameterCount',
]);

/** Which way a metric is better. */
export type Direction = 'minimize' | 'maximize';

/** A metric that the study optimises. */
export interface Objective {
  readonly metric: MetricName;
  readonly direction: Direction;
}

/** A bound on a metric, in the metric's unit; exactly one of `atMost` and `atLeast` is given. */
export interface Constraint {
  readonly metric: MetricName;
  readonly atMost?: number | undefined;
  readonly atLeast?: number | undefined;
}
