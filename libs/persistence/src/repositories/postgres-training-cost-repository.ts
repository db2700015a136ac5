import {
  type DeviceIdentity,
  SHORTEST_SECONDS,
  type TrainingCostKey,
  type TrainingCostRecord,
  type TrainingCostRepository,
  type TrialSeconds,
} from '#search';
import type { Query } from '../database.js';
import * as sql from '../sql/training-cost.js';

/** More records of one device tell nothing new. */
const MOST_RECORDS = 2_000;

interface TrainingCostRow {
  device_class: string;
  device_name: string;
  threads: number;
  runtime: string;
  architecture: string;
  retrain_depth: TrainingCostKey['retrainDepth'];
  image_size: number;
  batch_size: number;
  dataset_version: string;
  pictures: number;
  first_fixed: number;
  train_count: number;
  train_mean: number;
  train_squares: number;
  evaluation_count: number;
  evaluation_mean: number;
  evaluation_squares: number;
  fixed_count: number;
  fixed_mean: number;
  fixed_squares: number;
}

/** What trials took, in Postgres. */
export class PostgresTrainingCostRepository implements TrainingCostRepository {
  constructor(private readonly query: Query) {}

  async add(key: TrainingCostKey, seconds: TrialSeconds): Promise<void> {
    const { device, architecture, retrainDepth, imageSize, batchSize, datasetVersion } = key;
    const logarithm = (value: number) => Math.log(Math.max(SHORTEST_SECONDS, value));
    await this.query(sql.ADD_TRAINING_COST, [
      ...[device.class, device.name, device.threads, device.runtime],
      ...[architecture, retrainDepth, imageSize, batchSize, datasetVersion, seconds.pictures, seconds.fixed],
      ...[seconds.trainPerPicture, seconds.evaluationPerPicture, seconds.fixed].map(logarithm),
    ]);
  }

  async ofDevice({ class: deviceClass, name }: DeviceIdentity): Promise<readonly TrainingCostRecord[]> {
    const parameters = [deviceClass, name, MOST_RECORDS];
    return (await this.query<TrainingCostRow>(sql.TRAINING_COSTS_OF_DEVICE, parameters)).map(toTrainingCostRecord);
  }
}

function toTrainingCostRecord(row: TrainingCostRow): TrainingCostRecord {
  return {
    architecture: row.architecture,
    retrainDepth: row.retrain_depth,
    imageSize: row.image_size,
    batchSize: row.batch_size,
    datasetVersion: row.dataset_version,
    device: { class: row.device_class, name: row.device_name, threads: row.threads, runtime: row.runtime },
    trainPerPicture: { count: row.train_count, mean: row.train_mean, squares: row.train_squares },
    evaluationPerPicture: { count: row.evaluation_count, mean: row.evaluation_mean, squares: row.evaluation_squares },
    fixed: { count: row.fixed_count, mean: row.fixed_mean, squares: row.fixed_squares },
    firstFixed: row.first_fixed,
    pictures: row.pictures,
  };
}
