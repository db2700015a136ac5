/** How a trial ended: values alone mean COMPLETE. */
export interface TellInput {
  /** One per objective. A NaN makes the trial FAIL. */
  readonly values?: readonly number[];
  /** @default 'COMPLETE' with values, else 'FAIL' */
  readonly state?: 'COMPLETE' | 'PRUNED' | 'FAIL';
  /** One per constraint, feasible when <= 0. */
  readonly constraints?: readonly number[];
}
