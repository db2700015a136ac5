import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportClaim, ExportVerification } from '#api-contract';
import { exportFolderName } from '#artifacts';
import type { ExecutionDevice } from '#engine';
import { type ChildEnd, explainDeath } from './child-run.js';
import type { WorkOutcome } from './claim-loop.js';
import { latencyExecution, latencyIdentity } from './devices/latency-device.js';
import { doLeasedWork, type Finish, type Interruption, type Leased, type WorkContext } from './leased-work.js';
import type { CardFacts, ExportedFiles, WrittenExport } from './run-export.js';
import { compareWithRecord, countDifferences } from './verification.js';
import type { VerifyJob, VerifyMeasures } from './verify-export.js';

/** What the export's child is given: to write the files, or to finish what was verified. */
export type ExportJob = {
  readonly claim: ExportClaim;
  readonly dataFolder: string;
  /** Where the export lies until it is verified. */
  readonly unfinished: string;
  readonly threads: number;
  /** What the recorded latency is of. */
  readonly device: ExecutionDevice;
} & (
  | { readonly step: 'write' }
  | { readonly step: 'finish'; readonly card: CardFacts; readonly verification: ExportVerification }
);

/**
 * Writes an export in one child process, verifies it in another, finishes it in a third, and tells the service what came
 * out. What is not verified leaves nothing behind: it was never in its place.
 */
export function superviseExport(claim: ExportClaim, sentAtMs: number, context: WorkContext): Promise<WorkOutcome> {
  const failed = (message: string, verification?: ExportVerification): Finish => ({
    state: 'FAILED',
    message: message.slice(0, 4000),
    verification,
  });
  return doLeasedWork(
    claim,
    sentAtMs,
    context,
    async (leased) => {
      const device = latencyDevice(claim, context);
      if (device === null) return failed(otherDevice(claim, context));
      const unfinished = join(
        context.dataFolder,
        'exports',
        `.${exportFolderName(claim.exportId, claim.attempt)}.${randomUUID()}`,
      );
      try {
        return await writeAndVerify(leased, unfinished, device);
      } finally {
        await rm(unfinished, { recursive: true, force: true });
      }
    },
    { cancelled: () => failed('The study was stopped'), failed: (message) => failed(message) },
  );

  function notDone(end: Exclude<ChildEnd, { kind: 'result' }> | Interruption, verb: string): Finish | Interruption {
    if (end.kind === 'failure') return failed(`Cannot ${verb} the export: ${end.failure.message}`);
    if (end.kind === 'died') return failed(`Cannot ${verb} the export: ${explainDeath(end).message}`);
    return end;
  }

  async function writeAndVerify(
    leased: Leased,
    unfinished: string,
    device: ExecutionDevice,
  ): Promise<Finish | Interruption> {
    const { dataFolder } = context;
    const { threads } = context.device;
    const onAsk = async () => null;
    const entry = context.entryFile('export-process');
    const common = { claim, dataFolder, unfinished, threads, device };
    const write: ExportJob = { ...common, step: 'write' };
    const written = await leased.runChild({ entry, job: write, onAsk });
    if (written.kind !== 'result') return notDone(written, 'write');
    const { predictions, card } = written.result as WrittenExport;
    const verify: VerifyJob = {
      folder: unfinished,
      dataFolder,
      manifestSha256: claim.dataset.manifestSha256,
      latencyBatch: claim.training.latencyBatch,
      imageSize: claim.training.imageSize,
      recordedLatencyP95Ms: claim.measures.latencyP95Ms,
      threads,
      device,
    };
    const verified = await leased.runChild({ entry: context.entryFile('verify-process'), job: verify, onAsk });
    if (verified.kind !== 'result') return notDone(verified, 'verify');
    const verification = verificationOf(verified.result as VerifyMeasures, predictions);
    const verdict = compareWithRecord(verification, claim.measures);
    if (!verdict.equal) return failed(verdict.message, verification);
    context.log.info('export.verified', verdict.message, { id: claim.exportId });
    const finish: ExportJob = { ...common, step: 'finish', card, verification };
    const finished = await leased.runChild({ entry, job: finish, onAsk });
    if (finished.kind !== 'result') return notDone(finished, 'finish');
    const { files, zip } = finished.result as ExportedFiles;
    return { state: 'READY', verification, files: [...files], zip };
  }

  function verificationOf(measures: VerifyMeasures, expected: readonly number[]): ExportVerification {
    const { predictions, ...measured } = measures;
    return {
      ...measured,
      differingImages: countDifferences(predictions, expected),
      recordedAccuracy: claim.measures.accuracy,
      recordedLatencyP95Ms: claim.measures.latencyP95Ms,
    };
  }
}

/** Where this worker can measure the recorded latency again: on its device, or its processor; null where on neither. */
function latencyDevice(claim: ExportClaim, { device, execution }: WorkContext): ExecutionDevice | null {
  if (claim.latencyDevice.class === latencyIdentity(execution, device).class) return latencyExecution(execution);
  return claim.latencyDevice.class === 'cpu' ? { provider: 'cpu', index: 0 } : null;
}

function otherDevice({ latencyDevice: recorded, trialNumber }: ExportClaim, { device }: WorkContext): string {
  return (
    `The latency of trial ${trialNumber} was measured on ${recorded.class} (${recorded.name}), which the export must repeat, ` +
    `and this worker has ${device.class} (${device.name}). Start a worker with --devices ${recorded.class}:0 and export again`
  );
}
