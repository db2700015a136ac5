import { MOST_COUNTED } from '#search';

const SPREADS = ['train', 'evaluation', 'fixed'] as const;

/**
 * $1 device class, $2 name, $3 threads, $4 runtime, $5 architecture, $6 depth, $7 image size, $8 batch size, $9 dataset
 * version, $10 pictures, $11 fixed seconds, $12–$14 logarithms of the seconds of training and evaluation, and of the fixed ones.
 * The same sums as `withMeasurement` of #search, in one statement: finishes of several studies meet in one row.
 */
export const ADD_TRAINING_COST = `
  INSERT INTO training_cost AS c (device_class, device_name, threads, runtime, architecture, retrain_depth, image_size,
                                  batch_size, dataset_version, pictures, first_fixed, train_count, train_mean,
                                  evaluation_count, evaluation_mean)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, 1, $13)
  ON CONFLICT ON CONSTRAINT training_cost_key DO UPDATE SET
    updated_at = now(), pictures = excluded.pictures,
    ${SPREADS.map((name, index) => added(name, `$${12 + index}::float8`)).join(',\n    ')}`;

function added(name: (typeof SPREADS)[number], value: string): string {
  const [count, mean, squares] = [`c.${name}_count`, `c.${name}_mean`, `c.${name}_squares`];
  const kept = `least(${count}, ${MOST_COUNTED - 1})`;
  const deviation = `(${value} - ${mean})`;
  return `${name}_count = ${kept} + 1,
    ${name}_mean = CASE WHEN ${count} = 0 THEN ${value} ELSE ${mean} + ${deviation} / (${kept} + 1) END,
    ${name}_squares = CASE WHEN ${count} = 0 THEN 0
      ELSE ${squares} * ${kept} / ${count} + ${deviation} ^ 2 * ${kept} / (${kept} + 1) END`;
}

/** $1 device class, $2 name, $3 limit. Index training_cost_device. */
export const TRAINING_COSTS_OF_DEVICE = `
  SELECT * FROM training_cost WHERE device_class = $1 AND device_name = $2 ORDER BY updated_at DESC LIMIT $3`;
