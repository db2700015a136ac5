import type { ExportedModel } from '#api-contract';
import type { ExportRecord } from '#search';

/** An export as it is shown. */
export function toExportedModel(record: ExportRecord): ExportedModel {
  return {
    id: record.id,
    studyId: record.studyId,
    trialNumber: record.trialNumber,
    state: record.state,
    failure: record.failure,
    verification: record.verification && { ...record.verification },
    files: record.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    zip: record.zip && { ...record.zip },
    createdAt: record.createdAt.toISOString(),
    finishedAt: record.finishedAt?.toISOString() ?? null,
  };
}
