import {
  type ArchitectureProfile,
  type Heartbeat,
  type LatencyObservation,
  type LeaseRequest,
  normalKey,
  type Page,
  type PageRequest,
  type PreparationKey,
  type PreparationOutcome,
  type PreparationRecord,
  type PreparationRepository,
  type ProbeScore,
  type ProfileDrift,
  type ProfileFilter,
  preparationDigest,
} from '#search';
import type { Query } from '../database.js';
import * as sql from '../sql/preparation.js';
import { pageBySerial, serialParameters } from './page-by-serial.js';

interface PreparationRow {
  id: string;
  serial: string;
  key_sha256: string;
  key: PreparationKey;
  state: PreparationRecord['state'];
  attempt: number;
  worker_id: string | null;
  result: (Omit<ArchitectureProfile, 'measuredAt'> & ProbeScore) | null;
  measured_at: Date | null;
  drift: Omit<ProfileDrift, 'at'> | null;
  drifted_at: Date | null;
  fail_reason: PreparationRecord['failReason'];
  fail_message: string | null;
  created_at: Date;
  finished_at: Date | null;
}

/** Profiles, probes and their queue in Postgres. */
export class PostgresPreparationRepository implements PreparationRepository {
  constructor(private readonly query: Query) {}

  find(id: string): Promise<PreparationRecord | null> {
    return this.#one(sql.FIND_PREPARATION, [id]);
  }

  async findByKeys(keys: readonly PreparationKey[]): Promise<readonly (PreparationRecord | null)[]> {
    const digests = keys.map(preparationDigest);
    const rows = await this.query<PreparationRow>(sql.FIND_PREPARATIONS, [digests]);
    const byDigest = new Map(rows.map((row) => [row.key_sha256, toPreparationRecord(row)]));
    return digests.map((digest) => byDigest.get(digest) ?? null);
  }

  async listProfiles(request: PageRequest & ProfileFilter): Promise<Page<PreparationRecord>> {
    const parameters = [...filterParameters(request), ...serialParameters(request)];
    const rows = await this.query<PreparationRow>(sql.LIST_PROFILES, parameters);
    return pageBySerial(rows, request.limit, toPreparationRecord);
  }

  async claimFirst(
    keys: readonly PreparationKey[],
    { workerId, claimRequestId, leaseSeconds }: LeaseRequest,
  ): Promise<PreparationRecord | null> {
    for (const key of keys) {
      const made = [key.kind, preparationDigest(key), JSON.stringify(normalKey(key))];
      const claimed = await this.#one(sql.CLAIM_PREPARATION, [workerId, claimRequestId, leaseSeconds, ...made]);
      if (claimed !== null) return claimed;
    }
    return null;
  }

  claimRemeasured({ workerId, claimRequestId, leaseSeconds, device }: LeaseRequest): Promise<PreparationRecord | null> {
    return this.#one(sql.CLAIM_REMEASURED, [workerId, claimRequestId, leaseSeconds, JSON.stringify(partOfKey(device))]);
  }

  findClaim(workerId: string, claimRequestId: string): Promise<PreparationRecord | null> {
    return this.#one(sql.FIND_PREPARATION_CLAIM, [workerId, claimRequestId]);
  }

  async heartbeat(id: string, attempt: number, leaseSeconds: number): Promise<Heartbeat | null> {
    type Row = { lease_until: Date; cancel: boolean };
    const [row] = await this.query<Row>(sql.HEARTBEAT_PREPARATION, [id, attempt, leaseSeconds]);
    return row === undefined ? null : { leaseUntil: row.lease_until, cancel: row.cancel };
  }

  async finish(
    id: string,
    attempt: number,
    outcome: PreparationOutcome,
    digest: string,
  ): Promise<'recorded' | 'repeated' | 'lost'> {
    const failed = outcome.state === 'FAIL' ? outcome : null;
    const result = 'profile' in outcome ? outcome.profile : 'probe' in outcome ? outcome.probe : null;
    const finished = await this.query(sql.FINISH_PREPARATION, [
      ...[id, attempt, outcome.state, digest, result && JSON.stringify(result)],
      ...[failed?.failReason ?? null, failed?.message ?? null],
    ]);
    if (finished.length > 0) return 'recorded';
    const alike = await this.query(sql.IS_PREPARATION_FINISHED_ALIKE, [id, attempt, digest]);
    return alike.length > 0 ? 'repeated' : 'lost';
  }

  async release(id: string, attempt: number): Promise<boolean> {
    return (await this.query(sql.RELEASE_PREPARATION, [id, attempt])).length > 0;
  }

  async reap(limit: number): Promise<number> {
    return (await this.query(sql.REAP_PREPARATIONS, [limit])).length;
  }

  async renew(ids: readonly string[], before: Date): Promise<void> {
    await this.query(sql.RENEW_PREPARATIONS, [ids, before]);
  }

  async remeasure(filter: ProfileFilter): Promise<number> {
    return (await this.query(sql.REMEASURE_PROFILES, filterParameters(filter))).length;
  }

  async markDrifted(observation: LatencyObservation, tolerance: number): Promise<readonly ProfileDrift[]> {
    type Row = { drift: Omit<ProfileDrift, 'at'>; drifted_at: Date };
    const { architecture, classes, imageSize, device, latencyDevice, batch, p50Ms } = observation;
    const key = { architecture, classes, imageSize, ...partOfKey(device) };
    const rows = await this.query<Row>(sql.MARK_DRIFTED, [
      ...[JSON.stringify(key), JSON.stringify(latencyDevice), batch, p50Ms, tolerance],
    ]);
    return rows.map((row) => ({ ...row.drift, at: row.drifted_at }));
  }

  async #one(statement: string, parameters: readonly unknown[]): Promise<PreparationRecord | null> {
    const [row] = await this.query<PreparationRow>(statement, parameters);
    return row === undefined ? null : toPreparationRecord(row);
  }
}

function filterParameters({ architecture, device }: ProfileFilter): (string | null)[] {
  return [architecture ?? null, device ?? null];
}

/** What of a key follows from the device. */
function partOfKey({ class: deviceClass, name, threads, runtime = '' }: LeaseRequest['device']) {
  return { device: { class: deviceClass, name }, threads, runtime };
}

function toPreparationRecord(row: PreparationRow): PreparationRecord {
  const { key, result, measured_at: measuredAt } = row;
  const hasProfile = key.kind === 'profile' && result !== null && measuredAt !== null;
  return {
    id: row.id,
    key,
    state: row.state,
    attempt: row.attempt,
    profile: hasProfile ? { ...result, measuredAt } : null,
    probe: key.kind === 'probe' ? result : null,
    failReason: row.fail_reason,
    failMessage: row.fail_message,
    drift: row.drift !== null && row.drifted_at !== null ? { ...row.drift, at: row.drifted_at } : null,
    workerId: row.worker_id,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
