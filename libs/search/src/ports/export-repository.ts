import type { ExportOutcome, ExportRecord } from '../exported-model.js';
import type { Page, PageRequest } from '../page.js';
import type { Heartbeat, LeaseRequest } from './trial-queue.js';

/** An export whose lease had expired. */
export interface ReapedExport {
  readonly exportId: string;
  readonly studyId: string;
  readonly state: 'WAITING' | 'FAILED';
}

/** Exports and their queue; the same lease protocol as that of trials. */
export interface ExportRepository {
  insert(studyId: string, trialId: string): Promise<ExportRecord>;
  find(id: string): Promise<ExportRecord | null>;
  /** Of one study, newest first. */
  list(studyId: string, request: PageRequest): Promise<Page<ExportRecord>>;
  findClaim(workerId: string, claimRequestId: string): Promise<ExportRecord | null>;
  /** Claims the export that waits longest, those left out whose class of device a living worker of another class has. */
  claimWaiting(lease: LeaseRequest): Promise<ExportRecord | null>;
  heartbeat(exportId: string, attempt: number, leaseSeconds: number): Promise<Heartbeat | null>;
  /** Records the result once; a repeated finish of the same attempt with the same digest is `repeated`. */
  finish(
    exportId: string,
    attempt: number,
    outcome: ExportOutcome,
    digest: string,
  ): Promise<'recorded' | 'repeated' | 'lost'>;
  /** What the last exports took that were made, from their claim to their end, seconds: at most `limit`. */
  durations(limit: number): Promise<readonly number[]>;
  release(exportId: string, attempt: number): Promise<{ studyId: string } | null>;
  /** Requeues exports with expired leases, or fails them after three lost workers. */
  reap(limit: number): Promise<readonly ReapedExport[]>;
}
