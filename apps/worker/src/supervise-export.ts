import type { ExportClaim, ExportVerification } from '#api-contract';
import { type ChildEnd, explainDeath } from './child-run.js';
import type { WorkOutcome } from './claim-loop.js';
import { doLeasedWork, type Finish, type Interruption, type WorkContext } from './leased-work.js';
import type { ExportedFiles } from './run-export.js';
import { compareWithRecord } from './verification.js';
import type { VerifyJob, VerifyMeasures } from './verify-export.js';

/** What the export's child is given. */
export interface ExportJob {
  readonly claim: ExportClaim;
  readonly dataFolder: string;
}

/** Writes an export in one child process, verifies it in another, and tells the service what came out. */
export function superviseExport(claim: ExportClaim, sentAtMs: number, context: WorkContext): Promise<WorkOutcome> {
  const failed = (message: string): Finish => ({ state: 'FAILED', message: message.slice(0, 4000) });
  return doLeasedWork(
    claim,
    sentAtMs,
    context,
    async (leased) => {
      const onAsk = async () => null;
      const job: ExportJob = { claim, dataFolder: context.dataFolder };
      const written = await leased.runChild({ entry: context.entryFile('export-process'), job, onAsk });
      if (written.kind !== 'result') return notDone(written, 'write');
      const exported = written.result as ExportedFiles;
      const verifyJob: VerifyJob = {
        folder: exported.folder,
        dataFolder: context.dataFolder,
        manifestSha256: claim.dataset.manifestSha256,
        latencyBatch: claim.training.latencyBatch,
        imageSize: claim.training.imageSize,
      };
      const verified = await leased.runChild({ entry: context.entryFile('verify-process'), job: verifyJob, onAsk });
      if (verified.kind !== 'result') return notDone(verified, 'verify');
      return finish(claim, exported, verified.result as VerifyMeasures);
    },
    { cancelled: () => failed('The study was stopped'), failed },
  );

  function notDone(end: Exclude<ChildEnd, { kind: 'result' }> | Interruption, verb: string): Finish | Interruption {
    if (end.kind === 'failure') return failed(`Cannot ${verb} the export: ${end.failure.message}`);
    if (end.kind === 'died') return failed(`Cannot ${verb} the export: ${explainDeath(end).message}`);
    return end;
  }

  function finish(claim: ExportClaim, exported: ExportedFiles, measured: VerifyMeasures): Finish {
    const verification: ExportVerification = {
      ...measured,
      recordedAccuracy: claim.measures.accuracy,
      recordedLatencyP95Ms: claim.measures.latencyP95Ms,
    };
    const verdict = compareWithRecord(verification, claim.measures.correct, claim.measures.validationImages);
    if (!verdict.equal) return failed(verdict.message);
    context.log.info('export.verified', verdict.message, { id: claim.exportId });
    return { state: 'READY', verification, files: [...exported.files], zip: exported.zip };
  }
}
