/** One ETA, as the service gave it. */
export interface EtaSample {
  /** Since the study was created. */
  readonly atSeconds: number;
  readonly secondsRemaining: number;
  /** The ends of its 90 % interval. */
  readonly low: number;
  readonly high: number;
}

/** What an ETA was worth. */
export interface EtaError {
  /** Predicted total time over what it took, less 1. */
  readonly error: number;
  /** Whether what it took lies in the interval. */
  readonly isCovered: boolean;
}

/** One study: what it took, and what was said of that on the way. */
export interface Row {
  readonly study: string;
  readonly trials: number;
  readonly seconds: number;
  /** Of the plan, before anything was created. */
  readonly plan: EtaError | null;
  /** After the first minute; null where the study was shorter, or nothing was said. */
  readonly minute: EtaError | null;
  /** After a quarter, a half and three quarters of the time. */
  readonly quarters: readonly (EtaError | null)[];
  /** Part of all the ETAs whose interval held what it took; null without any. */
  readonly coverage: number | null;
  /** How long training went on after the end of the budget, in longest epochs; null without a limit of the time. */
  readonly overrunEpochs: number | null;
}
