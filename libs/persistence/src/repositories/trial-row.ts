import type { JsonValue } from '#optuna-ts-client';
import {
  accuracyInterval,
  type ConstraintViolation,
  type DeviceIdentity,
  type FailReason,
  type MetricName,
  metricNames,
  type TrialMeasures,
  type TrialParameters,
  type TrialRecord,
  type TrialState,
} from '#search';
import { measureColumns } from '../sql/measure-columns.js';

/** A row of `trial` as the driver returns it; bigint columns are text. */
export interface TrialRow extends Record<string, unknown> {
  id: string;
  study_id: string;
  number: number;
  state: TrialState;
  params: TrialParameters;
  user_attrs: Record<string, JsonValue>;
  seed: string;
  attempt: number;
  worker_id: string | null;
  device_class: string | null;
  device_name: string | null;
  latency_device_class: string | null;
  latency_device_name: string | null;
  epoch: number;
  continued_from: number | null;
  constraints: ConstraintViolation[];
  feasible: boolean | null;
  on_front: boolean;
  prune_reason: string | null;
  fail_reason: FailReason | null;
  fail_message: string | null;
  checkpoint_sha256: string | null;
  checkpoint_bytes: string | null;
  initial_state_sha256: string | null;
  weights_name: string | null;
  weights_sha256: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export function toTrialRecord(row: TrialRow): TrialRecord {
  const measures = toMeasures(row);
  return {
    id: row.id,
    studyId: row.study_id,
    number: row.number,
    state: row.state,
    parameters: row.params,
    userAttrs: row.user_attrs,
    seed: Number(row.seed),
    attempt: row.attempt,
    workerId: row.worker_id,
    device: toDevice(row.device_class, row.device_name),
    latencyDevice: toDevice(row.latency_device_class, row.latency_device_name),
    epoch: row.epoch,
    continuedFrom: row.continued_from ?? 0,
    measures,
    accuracyInterval: accuracyInterval(measures.correct, measures.validationImages),
    constraints: row.constraints,
    feasible: row.feasible,
    onFront: row.on_front,
    pruneReason: row.prune_reason,
    failReason: row.fail_reason,
    failMessage: row.fail_message,
    checkpoint:
      row.checkpoint_sha256 === null ? null : { sha256: row.checkpoint_sha256, bytes: Number(row.checkpoint_bytes) },
    initialStateSha256: row.initial_state_sha256,
    weights: row.weights_name === null ? null : { name: row.weights_name, sha256: row.weights_sha256 ?? '' },
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

function toDevice(deviceClass: string | null, name: string | null): DeviceIdentity | null {
  return deviceClass === null ? null : { class: deviceClass, name: name ?? '' };
}

/** The metrics of a row that ranking and sampling use; NULL columns are left out. */
export function toMetrics(row: Record<string, unknown>): Partial<Record<MetricName, number>> {
  const metrics: Partial<Record<MetricName, number>> = {};
  for (const metric of metricNames) {
    const value = row[measureColumns[metric][0]];
    if (value !== null) metrics[metric] = Number(value);
  }
  return metrics;
}

function toMeasures(row: TrialRow): Partial<TrialMeasures> {
  const measures: Partial<Record<keyof TrialMeasures, number>> = {};
  for (const [name, [column]] of Object.entries(measureColumns)) {
    const value = row[column];
    if (value !== null) measures[name as keyof TrialMeasures] = Number(value);
  }
  return measures;
}
