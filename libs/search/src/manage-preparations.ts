import { type FieldProblem, InvalidInputError } from '#primitives';
import type { LeaseSettings } from './claim.js';
import { digestOf } from './digest.js';
import type { Page, PageRequest } from './page.js';
import type { PreparationOutcome, ProfileFilter } from './ports/preparation-repository.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { Heartbeat } from './ports/trial-queue.js';
import type { PreparationRecord } from './preparation.js';
import { LeaseLostError } from './search-errors.js';

/** Shows the profiles, has them measured anew, and hears from the workers that make profiles and probes. */
export class ManagePreparations {
  constructor(
    private readonly storage: SearchStorage,
    private readonly leases: LeaseSettings,
  ) {}

  /** The newest first. */
  listProfiles(request: PageRequest & ProfileFilter): Promise<Page<PreparationRecord>> {
    return this.storage.preparations.listProfiles(request);
  }

  /** Has finished profiles measured anew by the next worker on each device; what is on record stays until then. */
  remeasure(filter: ProfileFilter): Promise<number> {
    return this.storage.preparations.remeasure(filter);
  }

  /** Renews the lease. @throws {LeaseLostError} if this attempt does not hold it any more. */
  async heartbeat(id: string, attempt: number): Promise<Heartbeat> {
    const answer = await this.storage.preparations.heartbeat(id, attempt, this.leases.leaseSeconds);
    if (answer === null) throw new LeaseLostError('preparation', id, attempt);
    return answer;
  }

  /**
   * Records the end of a preparation; a repeated finish with the same content is answered alike.
   *
   * @throws {LeaseLostError} if this attempt does not hold the lease any more.
   * @throws {InvalidInputError} if the result is not what was asked for.
   */
  async finish(id: string, attempt: number, outcome: PreparationOutcome): Promise<void> {
    const record = await this.storage.preparations.find(id);
    if (record === null) throw new LeaseLostError('preparation', id, attempt);
    const problems = problemsOf(record, outcome);
    if (problems.length > 0) throw new InvalidInputError(problems);
    const status = await this.storage.preparations.finish(id, attempt, outcome, digestOf(outcome));
    if (status === 'lost') throw new LeaseLostError('preparation', id, attempt);
  }

  /** Gives a preparation back unharmed. @throws {LeaseLostError} if this attempt does not hold the lease any more. */
  async release(id: string, attempt: number): Promise<void> {
    if (!(await this.storage.preparations.release(id, attempt))) throw new LeaseLostError('preparation', id, attempt);
  }
}

function problemsOf({ key }: PreparationRecord, outcome: PreparationOutcome): FieldProblem[] {
  if (outcome.state === 'FAIL') return [];
  const kind = 'profile' in outcome ? 'profile' : 'probe';
  if (kind !== key.kind) {
    return [{ field: kind, value: '(a result)', allowed: `absent: the work was a ${key.kind}` }];
  }
  if (key.kind !== 'profile' || !('profile' in outcome)) return [];
  const batches = outcome.profile.latencies.map(({ batch }) => batch);
  if (JSON.stringify(batches) === JSON.stringify(key.batches)) return [];
  return [
    { field: 'profile.latencies', value: batches, allowed: `one for each of the batches ${key.batches.join(', ')}` },
  ];
}
