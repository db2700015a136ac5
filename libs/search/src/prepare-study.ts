import { describeViolation } from './assess-constraints.js';
import type { ClaimDataset, ClaimRequest, LeaseSettings, ProbeClaim, ProfileClaim } from './claim.js';
import { claimDataset } from './claim-dataset.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { ArchitectureProfile, PreparationKey, PreparationRecord, ProbeScore } from './preparation.js';
import { toPreparationClaim } from './preparation-claim.js';
import { profileMeasures } from './profile-measures.js';
import type { StudySpec } from './study.js';
import { hasProfileGate, probeKeys, profileKeys } from './study-preparations.js';

/** Studies whose specs are kept at a time. */
const MOST_STUDIES = 64;

/** What is known of a study's candidates on one device before any of them is trained. */
export interface PreparedStudy {
  /** By architecture; absent where nothing could be measured, or nothing is to be. */
  readonly profiles: ReadonlyMap<string, ArchitectureProfile>;
  /** By architecture; absent where there is none. */
  readonly probes: ReadonlyMap<string, ProbeScore>;
  /** Architectures that miss a constraint on the device by their profiles, each with the reason in words. */
  readonly infeasible: ReadonlyMap<string, string>;
}

/** `work`: a preparation for this worker. `busy`: others are at the last ones. `ready`: trials may begin. */
export type Preparing =
  | { readonly kind: 'work'; readonly claim: ProfileClaim | ProbeClaim }
  | { readonly kind: 'busy' }
  | { readonly kind: 'ready'; readonly prepared: PreparedStudy };

const NOTHING: PreparedStudy = { profiles: new Map(), probes: new Map(), infeasible: new Map() };

interface Needs {
  readonly spec: StudySpec;
  readonly createdAt: Date;
  readonly dataset: ClaimDataset;
}

/** Has the candidates of a study measured on each device that works for it, before it begins there. */
export class PrepareStudy {
  readonly #needs = new Map<string, Needs>();

  constructor(
    private readonly storage: SearchStorage,
    private readonly leases: LeaseSettings,
  ) {}

  /** A worker from before preparations is given none; its trials measure themselves. */
  async run(studyId: string, request: ClaimRequest): Promise<Preparing> {
    const needs = request.device.runtime === undefined ? null : await this.#needsOf(studyId);
    if (needs === null) return { kind: 'ready', prepared: NOTHING };
    const { spec, dataset } = needs;
    const profiles = await this.#settle(
      hasProfileGate(spec) ? profileKeys(spec, dataset, request.device) : [],
      needs,
      request,
    );
    if ('kind' in profiles) return profiles;
    const known = mapOf(profiles, ({ profile }) => profile);
    const infeasible = infeasibleOf(spec, known);
    const leaveOut = new Set(infeasible.keys());
    const probes = await this.#settle(probeKeys(spec, dataset, request.device, leaveOut), needs, request);
    if ('kind' in probes) return probes;
    const prepared = { profiles: known, probes: mapOf(probes, ({ probe }) => probe), infeasible };
    return { kind: 'ready', prepared };
  }

  /** The records of keys that all are as good as they get; else what there is to do for them. */
  async #settle(
    keys: readonly PreparationKey[],
    { createdAt }: Needs,
    request: ClaimRequest,
  ): Promise<readonly PreparationRecord[] | Exclude<Preparing, { kind: 'ready' }>> {
    if (keys.length === 0) return [];
    const { preparations } = this.storage;
    const records = await preparations.findByKeys(keys);
    const open = keys.filter((_, index) => !isSettled(records[index], createdAt));
    if (open.length === 0) return records as readonly PreparationRecord[];
    const stale = records.flatMap((record) => (record !== null && isStale(record, createdAt) ? [record.id] : []));
    if (stale.length > 0) await preparations.renew(stale, createdAt);
    const claimed = await preparations.claimFirst(open, { ...request, leaseSeconds: this.leases.leaseSeconds });
    if (claimed === null) return { kind: 'busy' };
    return { kind: 'work', claim: await toPreparationClaim(this.storage, claimed, this.leases) };
  }

  /** None of it ever changes. */
  async #needsOf(studyId: string): Promise<Needs | null> {
    let needs = this.#needs.get(studyId);
    if (needs === undefined) {
      const study = await this.storage.studies.find(studyId);
      if (study === null) return null;
      const dataset = await claimDataset(this.storage, study.spec.datasetId);
      needs = { spec: study.spec, createdAt: study.createdAt, dataset };
    }
    // The study that was asked for last goes to the end; the one at the beginning is forgotten first.
    this.#needs.delete(studyId);
    this.#needs.set(studyId, needs);
    const [oldest] = this.#needs.keys();
    if (this.#needs.size > MOST_STUDIES) this.#needs.delete(oldest);
    return needs;
  }
}

/** Failed, or doubted, before the study was created: a new study tries again. */
function isStale({ state, drift, finishedAt }: PreparationRecord, createdAt: Date): boolean {
  if (state === 'FAIL') return finishedAt !== null && finishedAt < createdAt;
  return state === 'COMPLETE' && drift !== null && drift.at < createdAt;
}

/** Nothing is to be waited for: it has a result that the study may use, or it failed for this study as well. */
function isSettled(record: PreparationRecord | null, createdAt: Date): boolean {
  if (record === null || isStale(record, createdAt)) return false;
  if (record.state === 'COMPLETE' || record.state === 'FAIL') return true;
  // Measured anew because a person asked for it: until then the record holds. A drifted one does not.
  return resultOf(record) !== null && (record.drift === null || record.drift.at >= createdAt);
}

function resultOf({ profile, probe }: PreparationRecord): ArchitectureProfile | ProbeScore | null {
  return profile ?? probe;
}

function mapOf<Value>(
  records: readonly PreparationRecord[],
  pick: (record: PreparationRecord) => Value | null,
): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const record of records) {
    const value = record.state === 'FAIL' ? null : pick(record);
    if (value !== null) values.set(record.key.architecture, value);
  }
  return values;
}

/** Architectures of the study whose profiles violate a constraint, each with the reason. */
export function infeasibleOf(
  { constraints, training }: StudySpec,
  profiles: ReadonlyMap<string, ArchitectureProfile>,
): Map<string, string> {
  const infeasible = new Map<string, string>();
  for (const [architecture, profile] of profiles) {
    const measures = profileMeasures(profile, training.latencyBatch);
    const violation = measures && describeViolation(constraints, measures);
    if (violation !== null) infeasible.set(architecture, violation);
  }
  return infeasible;
}
