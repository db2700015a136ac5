import type {
  ContinueResponse,
  FinishTrialRequest,
  ReportRequest,
  TrialClaim,
  TrialMeasures,
  Verdict,
} from '#api-contract';
import type { FinishBody } from './api-client.js';
import { type ChildEnd, failureOf } from './child-run.js';
import type { WorkOutcome } from './claim-loop.js';
import { type CompiledStep, describeCompiledStep } from './compiled-step.js';
import { latencyIdentity } from './devices/latency-device.js';
import { describeFeatureUse, type FeatureUse } from './feature-use.js';
import { doLeasedWork, type Finish, type Leased, valueOrLost, type WorkContext } from './leased-work.js';
import type { ContinueAsk } from './trajectory.js';
import { type WarmJob, warmJob } from './warm-job.js';

/** What the worker's child is given for a trial. */
export type TrialJob = WarmJob<TrialClaim>;

const cancel: Verdict = { action: 'cancel', reason: 'the lease is lost' };

/** Runs one trial in a child process and passes its words on to the service. */
export function superviseTrial(claim: TrialClaim, sentAtMs: number, context: WorkContext): Promise<WorkOutcome> {
  let measures: Partial<TrialMeasures> = {};
  const fail = (failReason: 'cancelled' | 'error' | 'diverged' | 'out_of_memory', message: string): Finish => ({
    state: 'FAIL',
    failReason,
    message: message.slice(0, 4000),
    measures,
  });
  return doLeasedWork(
    claim,
    sentAtMs,
    context,
    async (leased) => {
      const end = await leased.runWarm({
        job: warmJob(claim, context) satisfies TrialJob,
        onAsk: (topic, body) => passOn(leased, context, topic, body),
        onTell: (topic, body) => {
          if (topic === 'measures') measures = body as Partial<TrialMeasures>;
          if (topic === 'features') {
            const use = body as FeatureUse;
            context.log.info('trial.features', describeFeatureUse(use), { id: claim.trialId, ...use });
          }
          if (topic === 'compiled') {
            const step = body as CompiledStep;
            const text = describeCompiledStep(step, claim.training.batchSize);
            context.log.info('trial.compiled', text, { id: claim.trialId, ...step });
          }
        },
      });
      return isChildEnd(end) ? finishOf(end, fail) : end;
    },
    { cancelled: () => fail('cancelled', 'The study was stopped'), failed: (message) => fail('error', message) },
  );
}

async function passOn(
  leased: Leased,
  context: WorkContext,
  topic: string,
  body: unknown,
): Promise<Verdict | ContinueResponse['from']> {
  if (topic === 'continue') return continueFrom(leased, context, body as ContinueAsk);
  if (topic === 'profile') {
    const { execution, device } = context;
    const measures = body as Partial<TrialMeasures>;
    const answer = await context.api.profile(leased.handle, measures, latencyIdentity(execution, device));
    return valueOrLost(leased, answer) ?? cancel;
  }
  const { point, ...report } = body as ReportRequest['report'] & Pick<ReportRequest, 'point'>;
  const answer = await context.api.report(leased.handle, report, point);
  if (!answer.lost) leased.renewed(answer.sentAtMs);
  return valueOrLost(leased, answer) ?? cancel;
}

/** A trial that has lost its lease is about to be killed: what it is answered does not matter. */
async function continueFrom(
  leased: Leased,
  { api, log }: WorkContext,
  { trajectory, unusable }: ContinueAsk,
): Promise<ContinueResponse['from']> {
  const { id } = leased.handle;
  if (unusable) {
    const text = `The training on record at epoch ${unusable.epoch} cannot be used: ${unusable.reason}`;
    log.warn('trajectory.unusable', text, { id, trajectory, ...unusable });
  }
  const answer = await api.continueTrial(leased.handle, { trajectory, unusable: unusable?.epoch });
  const from = valueOrLost(leased, answer)?.from ?? null;
  if (from)
    log.info('trajectory.continued', `Goes on after epoch ${from.epoch}`, { id, trajectory, epoch: from.epoch });
  return from;
}

function finishOf(
  end: ChildEnd,
  fail: (reason: 'error' | 'diverged' | 'out_of_memory', message: string) => Finish,
): Finish {
  if (end.kind === 'result') return end.result as FinishBody<FinishTrialRequest>;
  const { reason, message } = failureOf(end);
  const hasDiverged = end.kind === 'failure' && end.failure.code === 'DIVERGED';
  return fail(hasDiverged ? 'diverged' : reason, message);
}

function isChildEnd(end: ChildEnd | { kind: string }): end is ChildEnd {
  return end.kind === 'result' || end.kind === 'failure' || end.kind === 'died';
}
