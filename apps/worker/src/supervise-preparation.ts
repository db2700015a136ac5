import type {
  ArchitectureProfile,
  FinishPreparationRequest,
  ProbeClaim,
  ProbeScore,
  ProfileClaim,
} from '#api-contract';
import type { FinishBody } from './api-client.js';
import { failureOf } from './child-run.js';
import type { WorkOutcome } from './claim-loop.js';
import { latencyIdentity } from './devices/latency-device.js';
import { doLeasedWork, type WorkContext } from './leased-work.js';
import { type WarmJob, warmJob } from './warm-job.js';

/** What the worker's child is given for a profile or probe. */
export type PreparationJob = WarmJob<ProfileClaim | ProbeClaim>;

type Finish = FinishBody<FinishPreparationRequest>;

/** Makes a profile or probe in the worker's child process, where trials find what it leaves, and tells the service what came out. */
export function supervisePreparation(
  claim: ProfileClaim | ProbeClaim,
  sentAtMs: number,
  context: WorkContext,
): Promise<WorkOutcome> {
  const failed = (failReason: 'error' | 'out_of_memory' | 'cancelled', message: string): Finish => ({
    state: 'FAIL',
    failReason,
    message: message.slice(0, 4000),
  });
  return doLeasedWork(
    claim,
    sentAtMs,
    context,
    async (leased) => {
      const job: PreparationJob = warmJob(claim, context);
      // A profile tells the memory of the process: what earlier work left there is none of it.
      const end = await leased.runWarm({ job, onAsk: async () => null }, { isFirst: claim.kind === 'profile' });
      if (end.kind === 'result') return complete(end.result);
      if (end.kind !== 'failure' && end.kind !== 'died') return end;
      const { reason, message } = failureOf(end);
      return failed(reason, message);
    },
    {
      cancelled: () => failed('cancelled', 'The work was taken back'),
      failed: (message) => failed('error', message),
    },
  );

  function complete(result: unknown): Finish {
    if (claim.kind === 'probe') return { state: 'COMPLETE', probe: result as ProbeScore };
    const profile = result as ArchitectureProfile;
    const latencyDevice = latencyIdentity(context.execution, context.device);
    const own = latencyDevice.class === context.device.class;
    return { state: 'COMPLETE', profile: own ? profile : { ...profile, latencyDevice } };
  }
}
