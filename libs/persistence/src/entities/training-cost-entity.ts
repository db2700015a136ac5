import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** What trials of one architecture and depth take on one device. Durations are seconds, the means those of logarithms. */
@Entity('training_cost')
@Unique('training_cost_key', [
  'deviceClass',
  'deviceName',
  'architecture',
  'retrainDepth',
  'imageSize',
  'batchSize',
  'datasetVersion',
  'threads',
  'runtime',
])
@Index('training_cost_device', ['deviceClass', 'deviceName', 'updatedAt'])
export class TrainingCostEntity {
  @PrimaryGeneratedColumn('identity', { type: 'integer', generatedIdentity: 'ALWAYS' })
  id: number;

  @Column({ name: 'device_class', type: 'text' })
  deviceClass: string;

  @Column({ name: 'device_name', type: 'text' })
  deviceName: string;

  @Column({ type: 'integer' })
  threads: number;

  @Column({ type: 'text' })
  runtime: string;

  @Column({ type: 'text' })
  architecture: string;

  @Column({ name: 'retrain_depth', type: 'varchar', length: 16 })
  retrainDepth: string;

  @Column({ name: 'image_size', type: 'integer' })
  imageSize: number;

  @Column({ name: 'batch_size', type: 'integer' })
  batchSize: number;

  @Column({ name: 'dataset_version', type: 'varchar', length: 64 })
  datasetVersion: string;

  /** Training and validation pictures of the dataset. */
  @Column({ type: 'integer' })
  pictures: number;

  @Column({ name: 'first_fixed', type: 'double precision' })
  firstFixed: number;

  @Column({ name: 'train_count', type: 'double precision', default: 0 })
  trainCount: number;

  @Column({ name: 'train_mean', type: 'double precision', default: 0 })
  trainMean: number;

  @Column({ name: 'train_squares', type: 'double precision', default: 0 })
  trainSquares: number;

  @Column({ name: 'evaluation_count', type: 'double precision', default: 0 })
  evaluationCount: number;

  @Column({ name: 'evaluation_mean', type: 'double precision', default: 0 })
  evaluationMean: number;

  @Column({ name: 'evaluation_squares', type: 'double precision', default: 0 })
  evaluationSquares: number;

  @Column({ name: 'fixed_count', type: 'double precision', default: 0 })
  fixedCount: number;

  @Column({ name: 'fixed_mean', type: 'double precision', default: 0 })
  fixedMean: number;

  @Column({ name: 'fixed_squares', type: 'double precision', default: 0 })
  fixedSquares: number;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
