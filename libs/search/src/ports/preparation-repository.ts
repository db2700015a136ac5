import type { ClaimRequest } from '../claim.js';
import type { ArchitectureProfile, PreparationKey, PreparationRecord, ProbeScore } from '../preparation.js';
import type { FailReason } from '../trial.js';
import type { Heartbeat, LeaseRequest } from './trial-queue.js';

/** How a worker ends a preparation. */
export type PreparationOutcome =
  | { readonly state: 'COMPLETE'; readonly profile: Omit<ArchitectureProfile, 'measuredAt'> }
  | { readonly state: 'COMPLETE'; readonly probe: ProbeScore }
  | { readonly state: 'FAIL'; readonly failReason: FailReason; readonly message: string };

/** Profiles and probes, each once for all studies, with the lease protocol of trials. */
export interface PreparationRepository {
  /** Those of the keys that are on record in any state, in the order of the keys; null where there is none. */
  findByKeys(keys: readonly PreparationKey[]): Promise<readonly (PreparationRecord | null)[]>;
  /**
   * The first of the keys that nobody works on and that has no result, made and claimed in one statement; null where there is
   * none.
   */
  claimFirst(keys: readonly PreparationKey[], lease: LeaseRequest): Promise<PreparationRecord | null>;
  /** The RUNNING one that this very claim request was given. */
  findClaim(workerId: string, claimRequestId: ClaimRequest['claimRequestId']): Promise<PreparationRecord | null>;
  heartbeat(id: string, attempt: number, leaseSeconds: number): Promise<Heartbeat | null>;
  finish(
    id: string,
    attempt: number,
    outcome: PreparationOutcome,
    digest: string,
  ): Promise<'recorded' | 'repeated' | 'lost'>;
  release(id: string, attempt: number): Promise<boolean>;
  /** Gives up leases that expired: WAITING again, or FAIL after three workers. Returns how many. */
  reap(limit: number): Promise<number>;
}
