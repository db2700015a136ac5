import { describeViolation } from './assess-constraints.js';
import type { ClaimDataset, ClaimRequest, LeaseSettings, ProbeClaim, ProfileClaim } from './claim.js';
import { claimDataset } from './claim-dataset.js';
import type { TrainingCosts } from './cost/training-costs.js';
import { RETUNE } from './planner/retune-options.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { ArchitectureProfile, PreparationKey, PreparationRecord, ProbeScore } from './preparation.js';
import { toPreparationClaim } from './preparation-claim.js';
import { profileMeasures } from './profile-measures.js';
import type { StudySpec } from './study.js';
import { hasProfileGate, PROFILE_PICTURES, probeKeys, profileKeys } from './study-preparations.js';

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
  /** Architectures that nothing is trained with yet: they are still to be measured. */
  readonly pending: ReadonlySet<string>;
}

/** What is measured between trials. */
export interface LaterPreparation {
  /** Seconds of training after which it is its turn: so preparing takes at most half of the time until all is prepared. */
  readonly dueAfterSeconds: number;
  /** Trials after which it is its turn however quick they are: all is prepared within half of the trials. */
  readonly dueAfterTrials: number;
  /** Null where other workers are at all that is left. */
  claim(): Promise<ProfileClaim | ProbeClaim | null>;
}

/** `work`: a preparation for this worker. `busy`: others are at the last ones. `ready`: trials may begin. */
export type Preparing =
  | { readonly kind: 'work'; readonly claim: ProfileClaim | ProbeClaim }
  | { readonly kind: 'busy' }
  | { readonly kind: 'ready'; readonly prepared: PreparedStudy; readonly later: LaterPreparation | null };

/** Of its trials, those within which the planner has everything measured. */
const LATEST_SHARE = 0.5;

const NOTHING: PreparedStudy = { profiles: new Map(), probes: new Map(), infeasible: new Map(), pending: new Set() };

interface Needs {
  readonly spec: StudySpec;
  readonly createdAt: Date;
  readonly dataset: ClaimDataset;
}

interface ReadRecords {
  readonly settled: readonly PreparationRecord[];
  readonly open: readonly PreparationKey[];
  /** Ids. */
  readonly stale: readonly string[];
}

/**
 * Has the candidates of a study measured on each device that works for it, before it trains them there: all of them first,
 * or, for the planner, one now and then.
 */
export class PrepareStudy {
  readonly #needs = new Map<string, Needs>();

  constructor(
    private readonly storage: SearchStorage,
    private readonly leases: LeaseSettings,
    private readonly costs: TrainingCosts,
  ) {}

  /** A worker from before preparations is given none; its trials measure themselves. */
  async run(studyId: string, request: ClaimRequest): Promise<Preparing> {
    const needs = request.device.runtime === undefined ? null : await this.#needsOf(studyId);
    if (needs === null) return { kind: 'ready', prepared: NOTHING, later: null };
    const { spec, dataset } = needs;
    const { device } = request;
    const profiles = await this.#read(hasProfileGate(spec) ? profileKeys(spec, dataset, device) : [], needs);
    const known = mapOf(profiles.settled, ({ profile }) => profile);
    const infeasible = infeasibleOf(spec, known);
    const leaveOut = new Set(infeasible.keys());
    const probes = await this.#read(probeKeys(spec, dataset, device, leaveOut), needs);
    const unprofiled = new Set(profiles.open.map(({ architecture }) => architecture));
    // What a profile may rule out is not probed before.
    const open = [...profiles.open, ...probes.open.filter(({ architecture }) => !unprofiled.has(architecture))];
    const pending = new Set([...profiles.open, ...probes.open].map(({ architecture }) => architecture));
    const prepared = { profiles: known, probes: mapOf(probes.settled, ({ probe }) => probe), infeasible, pending };
    if (open.length === 0) return { kind: 'ready', prepared, later: null };
    const stale = [...profiles.stale, ...probes.stale];
    if (stale.length > 0) await this.storage.preparations.renew(stale, needs.createdAt);
    const later = spec.sampler.name === RETUNE ? await this.#later(open, profiles, probes, needs, request) : null;
    const isAnyReady = spec.searchSpace.architecture.some((name) => !pending.has(name) && !infeasible.has(name));
    if (later !== null && isAnyReady) return { kind: 'ready', prepared, later };
    const claim = await (later?.claim() ?? this.#claim(open, request));
    return claim === null ? { kind: 'busy' } : { kind: 'work', claim };
  }

  /** The planner trains what is prepared while the rest is still to be measured, what takes least first. */
  async #later(
    open: readonly PreparationKey[],
    profiles: ReadRecords,
    probes: ReadRecords,
    { spec, createdAt }: Needs,
    request: ClaimRequest,
  ): Promise<LaterPreparation> {
    const cost = await this.costs.forStudy(this.storage, spec, request.device);
    const { train, validation } = cost.pictures;
    const secondsOf = ({ kind, architecture }: PreparationKey) =>
      cost.preparationSeconds(architecture, kind === 'profile' ? PROFILE_PICTURES : train + validation);
    const ordered = open
      .map((key) => ({ key, seconds: secondsOf(key) }))
      .sort((a, b) => a.seconds - b.seconds)
      .map(({ key }) => key);
    const made = [...profiles.settled, ...probes.settled].filter(
      ({ finishedAt }) => finishedAt !== null && finishedAt >= createdAt,
    );
    const seconds = made.reduce((sum, { key }) => sum + secondsOf(key), secondsOf(ordered[0]));
    const { architecture } = spec.searchSpace;
    const waiting = new Set(open.map((key) => key.architecture)).size;
    const trialsBetween = Math.max(1, Math.floor((LATEST_SHARE * spec.trials) / architecture.length));
    return {
      dueAfterSeconds: seconds,
      dueAfterTrials: (architecture.length - waiting) * trialsBetween,
      claim: () => this.#claim(ordered, request),
    };
  }

  async #claim(keys: readonly PreparationKey[], request: ClaimRequest): Promise<ProfileClaim | ProbeClaim | null> {
    const lease = { ...request, leaseSeconds: this.leases.leaseSeconds };
    const claimed = await this.storage.preparations.claimFirst(keys, lease);
    return claimed === null ? null : toPreparationClaim(this.storage, claimed, this.leases);
  }

  /** What is on record of keys: results as good as they get, what is still to be done, and what is to be done again. */
  async #read(keys: readonly PreparationKey[], { createdAt }: Needs): Promise<ReadRecords> {
    const records = keys.length === 0 ? [] : await this.storage.preparations.findByKeys(keys);
    const settled: PreparationRecord[] = [];
    const open: PreparationKey[] = [];
    const stale: string[] = [];
    for (const [index, key] of keys.entries()) {
      const record = records[index];
      if (record !== null && isSettled(record, createdAt)) settled.push(record);
      else open.push(key);
      if (record !== null && isStale(record, createdAt)) stale.push(record.id);
    }
    return { settled, open, stale };
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
function isSettled(record: PreparationRecord, createdAt: Date): boolean {
  if (isStale(record, createdAt)) return false;
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
