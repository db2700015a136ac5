import type { ClaimRequest } from '../claim.js';
import type { Page, PageRequest } from '../page.js';
import type {
  ArchitectureProfile,
  PreparationKey,
  PreparationRecord,
  ProbeScore,
  ProfileDrift,
} from '../preparation.js';
import type { Device, DeviceIdentity, FailReason } from '../trial.js';
import type { Heartbeat, LeaseRequest } from './trial-queue.js';

/** How a worker ends a preparation. */
export type PreparationOutcome =
  | { readonly state: 'COMPLETE'; readonly profile: Omit<ArchitectureProfile, 'measuredAt'> }
  | { readonly state: 'COMPLETE'; readonly probe: ProbeScore }
  | { readonly state: 'FAIL'; readonly failReason: FailReason; readonly message: string };

/** Some of the profiles: of an architecture, of devices with this class or name; all where nothing is named. */
export interface ProfileFilter {
  readonly architecture?: string | undefined;
  readonly device?: string | undefined;
}

/** A latency that was measured of an architecture after its profile. */
export interface LatencyObservation {
  readonly architecture: string;
  readonly classes: number;
  readonly imageSize: number;
  /** Of the worker that measured it. */
  readonly device: Device;
  /** Where it measured. */
  readonly latencyDevice: DeviceIdentity;
  readonly batch: number;
  readonly p50Ms: number;
}

/** Profiles and probes, each once for all studies, with the lease protocol of trials. */
export interface PreparationRepository {
  find(id: string): Promise<PreparationRecord | null>;
  /** Those of the keys that are on record in any state, in the order of the keys; null where there is none. */
  findByKeys(keys: readonly PreparationKey[]): Promise<readonly (PreparationRecord | null)[]>;
  /** Profiles, the newest first. */
  listProfiles(request: PageRequest & ProfileFilter): Promise<Page<PreparationRecord>>;
  /**
   * The first of the keys that nobody works on and that is new or WAITING, made and claimed in one statement; null where
   * there is none.
   */
  claimFirst(keys: readonly PreparationKey[], lease: LeaseRequest): Promise<PreparationRecord | null>;
  /** Claims a profile of the very device that asks which a person wants measured anew; the longest wait comes first. */
  claimRemeasured(lease: LeaseRequest): Promise<PreparationRecord | null>;
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
  /** WAITING again: those that failed, or whose profile had drifted, before that time. */
  renew(ids: readonly string[], before: Date): Promise<void>;
  /** WAITING again for finished profiles; what is on record stays until the new one is. Returns how many. */
  remeasure(filter: ProfileFilter): Promise<number>;
  /**
   * Marks the profiles of the observed device, COMPLETE and not marked yet, whose median differs from the observed one by
   * more than this share of its own. Returns what was marked.
   */
  markDrifted(observation: LatencyObservation, tolerance: number): Promise<readonly ProfileDrift[]>;
}
