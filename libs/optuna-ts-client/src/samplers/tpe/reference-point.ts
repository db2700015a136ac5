/**
 * A corner a little worse than every row, against which hypervolumes are taken.
 *
 * @param rows At least one row of finite losses.
 * @see optuna/samplers/_tpe/sampler.py _get_reference_point, 5.0.0
 */
export function referencePoint(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, objective) => {
    let worst = Number.NEGATIVE_INFINITY;
    for (const row of rows) worst = Math.max(worst, row[objective]);
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12;
  });
}
