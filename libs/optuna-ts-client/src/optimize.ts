import { type Clock, systemClock } from '#primitives';
import type { FrozenTrial } from './frozen-trial.js';
import type { TellInput } from './tell-input.js';
import type { Trial } from './trial.js';

/** Evaluates a trial: one value, one per objective, or how it ended (pruning is a value, not an exception). */
export type Objective = (trial: Trial) => ObjectiveResult | Promise<ObjectiveResult>;

export type ObjectiveResult = number | readonly number[] | TellInput;

/** A study as `optimize` drives it. */
export interface AskAndTell {
  ask(): Promise<Trial>;
  tell(trial: Trial, input: TellInput): Promise<FrozenTrial>;
}

/** When to end, and how many at a time. */
export interface OptimizeOptions<StudyType extends AskAndTell = AskAndTell> {
  /** Trials to make. @default no limit: until the time is over or somebody stops */
  readonly trials?: number;
  /** No trial begins after this many seconds. @default no limit */
  readonly timeoutSeconds?: number;
  /** No trial begins once it is aborted; those that run are waited for. */
  readonly signal?: AbortSignal;
  /** Evaluations at a time, integer >= 1. @default {1} */
  readonly parallel?: number;
  /** Whether an error of the objective makes a FAIL trial and the others go on. @default {() => false}: it is thrown */
  readonly isExpected?: (error: unknown) => boolean;
  /** Hears of every trial that has ended; may call `study.stop()`. */
  readonly callbacks?: readonly ((study: StudyType, trial: FrozenTrial) => void | Promise<void>)[];
  /** @default the system's */
  readonly clock?: Clock;
}

/**
 * Asks, evaluates and tells until enough trials are made.
 *
 * @param isStopped Whether `study.stop()` was called. @throws Whatever the objective throws, unless it is expected: that
 *   trial is FAIL, no other begins, and those that run are told first.
 * @throws {RangeError} if `trials`, `timeoutSeconds` or `parallel` is outside its range.
 */
export async function optimize<StudyType extends AskAndTell>(
  study: StudyType,
  objective: Objective,
  options: OptimizeOptions<StudyType>,
  isStopped: () => boolean,
): Promise<void> {
  const { trials = Number.POSITIVE_INFINITY, timeoutSeconds = Number.POSITIVE_INFINITY, parallel = 1 } = options;
  const { signal, isExpected = () => false, callbacks = [], clock = systemClock } = options;
  if (trials !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(trials) && trials >= 0)) {
    throw new RangeError(`trials is ${trials}, must be an integer >= 0`);
  }
  if (!(timeoutSeconds >= 0)) throw new RangeError(`timeoutSeconds is ${timeoutSeconds}, must be a number >= 0`);
  if (!(Number.isSafeInteger(parallel) && parallel >= 1)) {
    throw new RangeError(`parallel is ${parallel}, must be an integer >= 1`);
  }
  const start = clock.monotonicMs();
  let begun = 0;
  let failure: { readonly error: unknown } | undefined;
  const mayBegin = () =>
    begun < trials &&
    failure === undefined &&
    !isStopped() &&
    signal?.aborted !== true &&
    clock.monotonicMs() - start < timeoutSeconds * 1000;

  const evaluate = async (): Promise<void> => {
    const trial = await study.ask();
    let result: ObjectiveResult;
    try {
      result = await objective(trial);
    } catch (error) {
      await finish(await study.tell(trial, { state: 'FAIL' }));
      if (!isExpected(error)) throw error;
      return;
    }
    await finish(await study.tell(trial, toTellInput(result)));
  };
  const finish = async (frozen: FrozenTrial) => {
    for (const callback of callbacks) await callback(study, frozen);
  };
  const work = async () => {
    while (mayBegin()) {
      begun++;
      try {
        await evaluate();
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  if (failure !== undefined) throw failure.error;
}

function toTellInput(result: ObjectiveResult): TellInput {
  if (typeof result === 'number') return { values: [result] };
  return Array.isArray(result) ? { values: result } : (result as TellInput);
}
