/**
 * n rows of m losses, all minimized; the caller negates what is maximized. ±Infinity is allowed; what a NaN means is
 * said by each function. Never modified.
 */
export type LossRows = readonly (readonly number[])[];

/**
 * Checks that all rows have one length.
 *
 * @returns That length; 0 when there are no rows.
 * @throws {RangeError} naming the first row that differs.
 */
export function objectiveCount(losses: LossRows): number {
  const count = losses[0]?.length ?? 0;
  for (const [index, row] of losses.entries()) {
    if (row.length !== count) throw new RangeError(`losses[${index}] has ${row.length} values, must have ${count}`);
  }
  return count;
}

/** Whether any loss of the row is NaN. */
export function hasNaN(row: readonly number[]): boolean {
  return row.some(Number.isNaN);
}

/** Compares rows by the first loss in which they differ; a total order of rows without NaN. */
export function compareLexicographically(a: readonly number[], b: readonly number[]): number {
  for (let objective = 0; objective < a.length; objective++) {
    if (a[objective] !== b[objective]) return a[objective] < b[objective] ? -1 : 1;
  }
  return 0;
}
