import type { ChildEnd, ChildJob, RunningChild } from './child-run.js';
import { ServingChild } from './child-run.js';
import type { Environment } from './config.js';

/** When a child that works well is replaced all the same. */
export interface WarmChildLimits {
  /** Trials of one process. @default {500} */
  readonly jobs?: number;
  /** Resident bytes after a trial. @default none */
  readonly residentBytes?: number;
  /** From then on none is started ahead. @default never */
  readonly stop?: AbortSignal;
}

/**
 * One child process that does job after job, so that starting it and loading the libraries (over half a second) is paid
 * once, and what it keeps serves the next. It is replaced when it was killed, has died or failed, has grown too large, or
 * has done its number of jobs: what grows slowly in libraries that were written for one run must not grow for ever.
 */
export class WarmChild {
  #child: ServingChild | undefined;
  #jobs = 0;
  #isClosed = false;

  /** @param entry File of a process that serves many jobs. */
  constructor(
    private readonly entry: string,
    private readonly environment: Environment,
    private readonly limits: WarmChildLimits = {},
  ) {}

  /** Starts the process ahead of its first job. */
  prepare(): void {
    if (!this.#isClosed && !this.limits.stop?.aborted) this.#current();
  }

  /**
   * Starts one job; one at a time. A child that dies or is killed takes this job with it and no other.
   *
   * @param isFirst The job must be the first of its process: one that has done another is replaced.
   */
  start(job: ChildJob, isFirst = false): RunningChild {
    let isKilled = false;
    if (isFirst && this.#jobs > 0 && this.#child !== undefined) this.#replace(this.#child);
    const run = async (isRetry: boolean): Promise<ChildEnd> => {
      const child = this.#current();
      const isFresh = this.#jobs === 0;
      this.#jobs++;
      let hasStarted = false;
      const end = await child
        .run(job, () => {
          hasStarted = true;
        })
        .catch((error: unknown) => {
          this.#replace(child);
          throw error;
        });
      if (end.kind === 'result' && !this.#isSpent(child)) return end;
      this.#replace(child);
      // It was ended while it waited, as the system does first where memory is short: the job had no part in it.
      if (end.kind === 'died' && !hasStarted && !isFresh && !isKilled && !isRetry) return run(true);
      return end;
    };
    const end = run(false);
    return {
      end,
      kill: () => {
        isKilled = true;
        this.#child?.kill();
      },
    };
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#child?.kill();
    await this.#child?.gone;
  }

  #current(): ServingChild {
    if (this.#child === undefined || this.#child.isGone) {
      this.#child = new ServingChild(this.entry, this.environment);
      this.#jobs = 0;
    }
    return this.#child;
  }

  #isSpent(child: ServingChild): boolean {
    const { jobs = 500, residentBytes = Number.POSITIVE_INFINITY } = this.limits;
    return this.#jobs >= jobs || child.residentBytes > residentBytes || child.isGone;
  }

  #replace(child: ServingChild): void {
    child.kill();
    if (this.#child !== child) return;
    this.#child = undefined;
    this.prepare();
  }
}
