import type { EpochReport, FinishTrialRequest, TrialClaim, TrialMeasures, Verdict } from '#api-contract';
import type { EngineDevice } from '#engine';
import type { FinishBody } from './api-client.js';
import { type ChildEnd, explainDeath, isOutOfMemory } from './child-run.js';
import type { WorkOutcome } from './claim-loop.js';
import { type CompiledStep, describeCompiledStep } from './compiled-step.js';
import { latencyIdentity } from './devices/latency-device.js';
import { doLeasedWork, type Finish, type Leased, valueOrLost, type WorkContext } from './leased-work.js';

/** What the trial's child is given. */
export interface TrialJob {
  readonly claim: TrialClaim;
  readonly dataFolder: string;
  readonly threads: number;
  /** Where every session of the trial runs. */
  readonly device: EngineDevice;
  /** Of that device; null where it is not known. */
  readonly memoryBytes: number | null;
}

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
      const end = await leased.runChild({
        entry: context.entryFile('trial-process'),
        job: {
          claim,
          dataFolder: context.dataFolder,
          threads: context.device.threads,
          device: context.execution,
          memoryBytes: context.device.memoryBytes,
        } satisfies TrialJob,
        onAsk: (topic, body) => passOn(leased, context, topic, body),
        onTell: (topic, body) => {
          if (topic === 'measures') measures = body as Partial<TrialMeasures>;
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

async function passOn(leased: Leased, context: WorkContext, topic: string, body: unknown): Promise<Verdict> {
  if (topic === 'profile') {
    const { execution, device } = context;
    const measures = body as Partial<TrialMeasures>;
    const answer = await context.api.profile(leased.handle, measures, latencyIdentity(execution, device));
    return valueOrLost(leased, answer) ?? cancel;
  }
  const answer = await context.api.report(leased.handle, body as EpochReport);
  if (!answer.lost) leased.renewed(answer.sentAtMs);
  return valueOrLost(leased, answer) ?? cancel;
}

function finishOf(
  end: ChildEnd,
  fail: (reason: 'error' | 'diverged' | 'out_of_memory', message: string) => Finish,
): Finish {
  if (end.kind === 'result') return end.result as FinishBody<FinishTrialRequest>;
  if (end.kind === 'failure') {
    const { code, message } = end.failure;
    if (code === 'DIVERGED') return fail('diverged', message);
    return code === 'DEVICE_MEMORY' || isOutOfMemory(message) ? fail('out_of_memory', message) : fail('error', message);
  }
  const { outOfMemory, message } = explainDeath(end);
  return fail(outOfMemory ? 'out_of_memory' : 'error', message);
}

function isChildEnd(end: ChildEnd | { kind: string }): end is ChildEnd {
  return end.kind === 'result' || end.kind === 'failure' || end.kind === 'died';
}
