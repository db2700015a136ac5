import type { Claim, Device, FinishExportRequest, FinishPreparationRequest, FinishTrialRequest } from '#api-contract';
import type { EngineDevice } from '#engine';
import type { Clock } from '#primitives';
import {
  type ApiClient,
  ApiRefusedError,
  ApiUnavailableError,
  type ClaimHandle,
  type FinishBody,
} from './api-client.js';
import { type ChildEnd, type ChildJob, type ChildOptions, ChildRun, type RunningChild } from './child-run.js';
import { claimIdentity } from './claim-identity.js';
import type { WorkOutcome } from './claim-loop.js';
import type { Environment } from './config.js';
import { Lease } from './lease.js';
import type { Log } from './log.js';
import type { WarmChild } from './warm-child.js';

/** What work needs of the worker around it. */
export interface WorkContext {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly dataFolder: string;
  /** Where the sessions of children run. */
  readonly execution: EngineDevice;
  /** That device as the service is told. */
  readonly device: Device;
  readonly childEnvironment: Environment;
  /** File of a child process by name. */
  readonly entryFile: (name: 'work-process' | 'export-process' | 'verify-process') => string;
  /** The process that trains; exports and what else must be clean get processes of their own. */
  readonly trainer: WarmChild;
  /** What it may keep in memory from trial to trial. */
  readonly warmBytes: number;
  /** What kept features may take on disk. */
  readonly featureBytes: number;
  /** Aborted when the worker shall end. */
  readonly stop: AbortSignal;
}

/** Work that ends before it has a result. */
export interface Interruption {
  readonly kind: 'lost' | 'cancelled' | 'stopped';
  readonly reason: string;
}

export type Finish = FinishBody<FinishTrialRequest | FinishExportRequest | FinishPreparationRequest>;

/** Work under a lease, as the work sees it. */
export interface Leased {
  readonly handle: ClaimHandle;
  /** A call that renews the lease was accepted. */
  renewed(sentAtMs: number): void;
  /** The service took the work away. */
  lost(reason: string): void;
  /** Runs one child; an interruption kills it. */
  runChild(options: Omit<ChildOptions, 'environment'>): Promise<ChildEnd | Interruption>;
  /** Runs a job in the process that trains; an interruption kills that as well. */
  runWarm(job: ChildJob, options?: { readonly isFirst: boolean }): Promise<ChildEnd | Interruption>;
}

/** How a kind of work is finished without a result. */
export interface Endings {
  cancelled(): Finish;
  failed(message: string): Finish;
}

/**
 * Does one claim from lease to finish: beats while `work` runs, kills its child when the lease is lost, the study is
 * stopped or the worker ends, and tells the service what came out. Never throws: one claim cannot end the worker.
 */
export async function doLeasedWork(
  claim: Claim,
  sentAtMs: number,
  context: WorkContext,
  work: (leased: Leased) => Promise<Finish | Interruption>,
  endings: Endings,
): Promise<WorkOutcome> {
  const { api, clock, log, stop } = context;
  let interruption: Interruption | undefined;
  let child: RunningChild | undefined;
  const interrupt = (next: Interruption) => {
    interruption ??= next;
    child?.kill();
  };
  const lease = new Lease({
    ...claim,
    sentAtMs,
    clock,
    beat: () => api.heartbeat(handle),
    onEnd: (end) => interrupt({ kind: end.kind, reason: end.kind === 'lost' ? end.reason : 'the study was stopped' }),
  });
  const handle: ClaimHandle = {
    ...claimIdentity(claim),
    attempt: claim.attempt,
    deadlineMs: () => lease.deadlineMs(),
  };
  const onStop = () => interrupt({ kind: 'stopped', reason: 'the worker was told to end' });
  const running = async (start: () => RunningChild): Promise<ChildEnd | Interruption> => {
    if (interruption) return interruption;
    try {
      child = start();
      const end = await child.end;
      return interruption ?? end;
    } finally {
      child = undefined;
    }
  };
  const leased: Leased = {
    handle,
    renewed: (at) => lease.renewed(at),
    lost: (reason) => interrupt({ kind: 'lost', reason }),
    runChild: (options) => running(() => new ChildRun({ ...options, environment: context.childEnvironment })),
    runWarm: (job, options) => running(() => context.trainer.start(job, options?.isFirst)),
  };
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  lease.start();
  try {
    const result = await work(leased).catch((error: unknown) => interruption ?? endings.failed(messageOf(error)));
    return await conclude('kind' in result ? result : { finish: result });
  } catch (error) {
    log.warn('work.unreported', `Cannot report the end of the ${claim.kind}: ${messageOf(error)}`, { id: handle.id });
    return 'lost';
  } finally {
    lease.stop();
    stop.removeEventListener('abort', onStop);
  }

  async function conclude(end: Interruption | { finish: Finish }): Promise<WorkOutcome> {
    if ('finish' in end) return tell(end.finish);
    log.warn(`work.${end.kind}`, `The ${claim.kind} ends early: ${end.reason}`, { id: handle.id });
    if (end.kind === 'lost') return 'lost';
    if (end.kind === 'cancelled') return tell(endings.cancelled());
    await api.release(handle, 1500);
    return 'released';
  }

  async function tell(finish: Finish): Promise<WorkOutcome> {
    try {
      const answer = await api.finish(handle, finish);
      return answer.lost ? 'lost' : outcomeOf(finish);
    } catch (error) {
      if (!(error instanceof ApiRefusedError)) throw error;
      // The service cannot take this result; a failure that says so is better than a lease that runs out.
      await api.finish(handle, endings.failed(error.message));
      return 'failed';
    }
  }
}

/** Passes on an answer of the service: a lost lease interrupts the work, an accepted one gives its value. */
export function valueOrLost<T>(
  leased: Leased,
  answer: { lost: false; value: T; sentAtMs: number } | { lost: true; reason: string },
): T | null {
  if (!answer.lost) return answer.value;
  leased.lost(answer.reason);
  return null;
}

function outcomeOf(finish: Finish): WorkOutcome {
  if (finish.state === 'COMPLETE' || finish.state === 'READY') return 'completed';
  if (finish.state === 'PRUNED') return 'pruned';
  return finish.state === 'FAIL' && finish.failReason === 'cancelled' ? 'cancelled' : 'failed';
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof ApiUnavailableError ? `${text} (the service could not be reached)` : text;
}
