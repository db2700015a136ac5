import type { LeaseSettings } from './claim.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { ContinueRequest } from './ports/trajectory-repository.js';
import { LeaseLostError, ReportConflictError } from './search-errors.js';
import type { TrajectoryPoint } from './trajectory.js';

/** Lets a trial go on where an equal training stopped. */
export class ContinueTraining {
  constructor(
    private readonly storage: SearchStorage,
    private readonly leases: LeaseSettings,
  ) {}

  /**
   * Gives a running trial the latest point of its training, if there is one; the reports up to it are the trial's own from
   * the same moment on. May be asked again until the trial has reported an epoch itself.
   *
   * @throws {LeaseLostError} if this attempt does not hold the lease any more.
   * @throws {ReportConflictError} if it has reported an epoch of its own already.
   */
  async run(trialId: string, attempt: number, request: ContinueRequest): Promise<TrajectoryPoint | null> {
    return this.storage.transaction(async ({ trajectories, events }) => {
      const answer = await trajectories.grant(trialId, attempt, request, this.leases.leaseSeconds);
      if (answer.status === 'lost') throw new LeaseLostError('trial', trialId, attempt);
      if (answer.status === 'reported') throw new ReportConflictError(trialId, answer.epoch);
      const { trial, point } = answer;
      const report = point?.reports.at(-1);
      if (report) {
        const { number, parameters } = trial;
        await events.append(trial.studyId, [{ type: 'trial.reported', number, report, epochs: parameters.epochs }]);
      }
      return point;
    });
  }
}
