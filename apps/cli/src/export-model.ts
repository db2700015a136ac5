import type { CreateExportRequest, ExportedModel } from '#api-contract';
import type { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { delay } from './interruption.js';
import type { Output } from './output.js';
import { formatAccuracy, formatMilliseconds } from './quantities.js';
import { checkExportFolder, unpackExport } from './unpack-export.js';

/** What to export, and where to. */
export interface ExportOrder {
  readonly studyId: string;
  readonly request: CreateExportRequest;
  /** Where to; a function where that depends on the number of the trial that is chosen. */
  readonly folder: string | ((trialNumber: number) => string);
  /** Replace an earlier export in that folder. */
  readonly replace: boolean;
  /** Blanks before what is said on the way. @default {''} */
  readonly indent?: string;
}

const pollMs = 500;
const steps: Readonly<Record<ExportedModel['state'], number>> = { WAITING: 0, RUNNING: 1, READY: 2, FAILED: 2 };
const stepNames: Readonly<Record<ExportedModel['state'], string>> = {
  WAITING: 'waiting for a worker',
  RUNNING: 'writing the model, reloading it in a clean process, measuring it again',
  READY: 'downloading',
  FAILED: 'failed',
};

/**
 * Has a trial exported, waits until the service has verified it, downloads and unpacks it.
 *
 * @returns the export and the folder it lies in.
 * @throws {CliError} when the service refuses, the verification fails, or a file is not the verified one.
 */
export async function exportModel(
  client: ApiClient,
  order: ExportOrder,
  output: Output,
  signal: AbortSignal,
): Promise<{ exported: ExportedModel; folder: string }> {
  const { request, folder: place, replace } = order;
  // A minute of work must not end at a folder that could have been refused before.
  if (typeof place === 'string') await checkExportFolder(place, replace);
  else if ('trialNumber' in request) await checkExportFolder(place(request.trialNumber), replace);
  let exported = await client.createExport(order.studyId, request);
  const folder = typeof place === 'string' ? place : place(exported.trialNumber);
  await checkExportFolder(folder, replace);
  const indent = order.indent ?? '';
  const progress = output.progress(`${indent}Export`);
  let state: string | undefined;
  try {
    for (;;) {
      if (state !== exported.state) {
        state = exported.state;
        if (output.live) progress.update(steps[exported.state], 3, stepNames[exported.state]);
        else progress.log(`${indent}Export of trial #${exported.trialNumber}: ${stepNames[exported.state]}`);
      }
      if (exported.state === 'READY' || exported.state === 'FAILED') break;
      await delay(pollMs, signal);
      exported = await client.export(exported.id);
    }
    if (exported.state === 'FAILED') {
      throw new CliError(
        `The export of trial #${exported.trialNumber} failed: ${exported.failure ?? 'no reason given'}`,
      );
    }
    await unpackExport(await client.downloadExport(exported.id), exported, folder, replace);
  } finally {
    progress.stop();
  }
  return { exported, folder };
}

/** What the clean process found, in one sentence; empty where the export was not verified. */
export function verificationText({ verification }: ExportedModel): string {
  if (verification === null) return '';
  const { accuracy, recordedAccuracy, correct, validationImages, latencyP95Ms, latencyBatch } = verification;
  return (
    `Verified in a clean process: ${correct} of ${validationImages} validation pictures right ` +
    `(${formatAccuracy(accuracy)}, recorded ${formatAccuracy(recordedAccuracy)}), ` +
    `a batch of ${latencyBatch} in ${formatMilliseconds(latencyP95Ms)} (p95, ` +
    `recorded ${formatMilliseconds(verification.recordedLatencyP95Ms)}), ` +
    `${formatMilliseconds(verification.endToEndLatencyP95Ms)} with the preprocessing.`
  );
}
