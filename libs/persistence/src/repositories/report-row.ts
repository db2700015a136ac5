import type { EpochReport } from '#search';

/** A row of `trial_report`. */
export interface ReportRow {
  epoch: number;
  train_loss: number;
  validation_loss: number;
  accuracy: number;
  train_seconds: number;
  evaluation_seconds: number;
}

export function toEpochReport(row: ReportRow): EpochReport {
  return {
    epoch: row.epoch,
    trainLoss: row.train_loss,
    validationLoss: row.validation_loss,
    accuracy: row.accuracy,
    trainSeconds: row.train_seconds,
    evaluationSeconds: row.evaluation_seconds,
  };
}
