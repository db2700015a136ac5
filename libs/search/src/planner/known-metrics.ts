import type { MetricName } from '../metric-name.js';
import { metricsBeforeTraining } from '../metric-name.js';
import type { TrialHistory } from '../ports/trial-repository.js';
import type { ArchitectureProfile } from '../preparation.js';
import type { TrialParameters } from '../search-space.js';
import type { TrainingCost } from './planner-input.js';
import { groupKey } from './trial-progress.js';

type Metrics = Partial<Record<MetricName, number>>;

/**
 * What is known of a trial whatever its accuracy: latency and size of its architecture by the profile, else by the median of
 * the trials that were measured; seconds of training by the median seconds of an epoch of the trials alike, else by the
 * predicted cost.
 */
export class KnownMetrics {
  readonly #byArchitecture = new Map<string, Metrics>();
  /** By `groupKey`. */
  readonly #secondsPerEpoch = new Map<string, number>();

  constructor(
    history: readonly TrialHistory[],
    profiles: ReadonlyMap<string, ArchitectureProfile>,
    latencyBatch: number,
    private readonly cost: TrainingCost,
  ) {
    const measured = new Map<string, Map<MetricName, number[]>>();
    const rates = new Map<string, number[]>();
    for (const { parameters, state, metrics } of history) {
      const own = measured.get(parameters.architecture) ?? new Map<MetricName, number[]>();
      measured.set(parameters.architecture, own);
      for (const metric of metricsBeforeTraining) {
        const value = metrics[metric];
        if (value !== undefined) push(own, metric, value);
      }
      const group = groupKey(parameters.architecture, parameters.retrainDepth);
      if (state === 'COMPLETE' && metrics.trainSeconds !== undefined) {
        push(rates, group, metrics.trainSeconds / parameters.epochs);
      }
    }
    for (const [group, values] of rates) this.#secondsPerEpoch.set(group, medianOf(values));
    for (const [architecture, own] of measured) {
      const medians = [...own].map(([metric, values]) => [metric, medianOf(values)]);
      this.#byArchitecture.set(architecture, Object.fromEntries(medians) as Metrics);
    }
    for (const [architecture, profile] of profiles) {
      const latency = profile.latencies.find(({ batch }) => batch === latencyBatch);
      this.#byArchitecture.set(architecture, {
        ...this.#byArchitecture.get(architecture),
        ...(latency === undefined ? {} : { latencyP50Ms: latency.p50Ms, latencyP95Ms: latency.p95Ms }),
        sizeBytes: profile.sizeBytes,
        parameterCount: profile.parameterCount,
      });
    }
  }

  /** @returns Undefined of accuracy, and of an architecture that nobody has measured yet. */
  of(metric: MetricName, parameters: TrialParameters): number | undefined {
    if (metric === 'accuracy') return undefined;
    if (metric !== 'trainSeconds') return this.#byArchitecture.get(parameters.architecture)?.[metric];
    const rate = this.#secondsPerEpoch.get(groupKey(parameters.architecture, parameters.retrainDepth));
    return rate === undefined ? this.cost.secondsOf(parameters, 0) : rate * parameters.epochs;
  }
}

function push<Key>(lists: Map<Key, number[]>, key: Key, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function medianOf(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1];
}
