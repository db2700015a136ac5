import {
  Check,
  Column,
  Entity,
  Generated,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { StudyEntity } from './study-entity.js';

/**
 * A trial: the row of its result and its place in the queue. `lease_until` is never indexed, so that a heartbeat stays
 * a heap-only update.
 */
@Entity('trial')
@Unique('trial_number', ['study', 'number'])
@Check('trial_state', `state IN ('WAITING', 'RUNNING', 'COMPLETE', 'PRUNED', 'FAIL')`)
@Check('trial_lease', `(state = 'RUNNING') = (lease_until IS NOT NULL)`)
// TypeORM knows no DESC: study_id, priority DESC, run_at, serial WHERE WAITING, and study_id, accuracy DESC WHERE COMPLETE.
@Index('trial_queue', { synchronize: false })
@Index('trial_best', { synchronize: false })
// The serial as an integer, for the schema `optuna`.
@Index('trial_optuna_id', { synchronize: false })
@Index('trial_claim', ['workerId', 'claimRequestId'], { unique: true, where: `state = 'RUNNING'` })
@Index('trial_running', ['study'], { where: `state = 'RUNNING'` })
@Index('trial_study_state', ['study', 'state'])
@Index('trial_trajectory', ['trajectoryKey'], { where: 'trajectory_key IS NOT NULL' })
@Index('trial_checkpoint', ['checkpointSha256'], { where: 'checkpoint_sha256 IS NOT NULL' })
export class TrialEntity {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Column({ type: 'bigint', unique: true })
  @Generated('increment')
  serial: string;

  @ManyToOne(() => StudyEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'study_id' })
  study: StudyEntity;

  @Column({ type: 'integer' })
  number: number;

  @Column({ type: 'varchar', length: 16, default: 'WAITING' })
  state: string;

  /** TrialParameters. */
  @Column({ type: 'jsonb' })
  params: unknown;

  @Column({ type: 'bigint' })
  seed: string;

  /** Fencing token: rises with every claim, never falls. */
  @Column({ type: 'integer', default: 0 })
  attempt: number;

  /** Leases that expired; what `max_attempts` limits. A trial that is given back costs none. */
  @Column({ type: 'integer', default: 0 })
  expiries: number;

  @Column({ name: 'max_attempts', type: 'integer' })
  maxAttempts: number;

  @Column({ type: 'integer', default: 0 })
  priority: number;

  @Column({ name: 'run_at', type: 'timestamptz', default: () => 'now()' })
  runAt: Date;

  @Column({ name: 'worker_id', type: 'text', nullable: true })
  workerId: string | null;

  @Column({ name: 'claim_request_id', type: 'uuid', nullable: true })
  claimRequestId: string | null;

  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil: Date | null;

  @Column({ name: 'finished_attempt', type: 'integer', nullable: true })
  finishedAttempt: number | null;

  @Column({ name: 'result_digest', type: 'varchar', length: 64, nullable: true })
  resultDigest: string | null;

  @Column({ name: 'device_class', type: 'text', nullable: true })
  deviceClass: string | null;

  @Column({ name: 'device_name', type: 'text', nullable: true })
  deviceName: string | null;

  @Column({ name: 'latency_device_class', type: 'text', nullable: true })
  latencyDeviceClass: string | null;

  @Column({ name: 'latency_device_name', type: 'text', nullable: true })
  latencyDeviceName: string | null;

  /** Last reported epoch of the current attempt. */
  @Column({ type: 'integer', default: 0 })
  epoch: number;

  @Column({ type: 'double precision', nullable: true })
  accuracy: number | null;

  @Column({ type: 'integer', nullable: true })
  correct: number | null;

  @Column({ name: 'validation_images', type: 'integer', nullable: true })
  validationImages: number | null;

  @Column({ name: 'validation_loss', type: 'double precision', nullable: true })
  validationLoss: number | null;

  @Column({ name: 'latency_p50_ms', type: 'double precision', nullable: true })
  latencyP50Ms: number | null;

  @Column({ name: 'latency_p95_ms', type: 'double precision', nullable: true })
  latencyP95Ms: number | null;

  @Column({ name: 'latency_batch', type: 'integer', nullable: true })
  latencyBatch: number | null;

  @Column({ name: 'latency_repeats', type: 'integer', nullable: true })
  latencyRepeats: number | null;

  @Column({ name: 'size_bytes', type: 'bigint', nullable: true })
  sizeBytes: string | null;

  @Column({ name: 'parameter_count', type: 'bigint', nullable: true })
  parameterCount: string | null;

  @Column({ name: 'trained_parameter_count', type: 'bigint', nullable: true })
  trainedParameterCount: string | null;

  @Column({ name: 'train_batch_size', type: 'integer', nullable: true })
  trainBatchSize: number | null;

  @Column({ name: 'decode_seconds', type: 'double precision', nullable: true })
  decodeSeconds: number | null;

  @Column({ name: 'compile_seconds', type: 'double precision', nullable: true })
  compileSeconds: number | null;

  @Column({ name: 'train_seconds', type: 'double precision', nullable: true })
  trainSeconds: number | null;

  @Column({ name: 'evaluation_seconds', type: 'double precision', nullable: true })
  evaluationSeconds: number | null;

  /** What of training and evaluation the trial did itself. */
  @Column({ name: 'computed_seconds', type: 'double precision', nullable: true })
  computedSeconds: number | null;

  @Column({ name: 'peak_memory_bytes', type: 'bigint', nullable: true })
  peakMemoryBytes: string | null;

  /** What is known of the trial besides: `baseline` of the one that a rule gave. */
  @Column({ name: 'user_attrs', type: 'jsonb', default: {} })
  userAttrs: unknown;

  /** ConstraintViolation[], in the order of the study's constraints. */
  @Column({ type: 'jsonb', default: [] })
  constraints: unknown;

  @Column({ type: 'boolean', nullable: true })
  feasible: boolean | null;

  @Column({ name: 'prune_reason', type: 'text', nullable: true })
  pruneReason: string | null;

  @Column({ name: 'fail_reason', type: 'varchar', length: 24, nullable: true })
  failReason: string | null;

  @Column({ name: 'fail_message', type: 'text', nullable: true })
  failMessage: string | null;

  @Column({ name: 'checkpoint_sha256', type: 'varchar', length: 64, nullable: true })
  checkpointSha256: string | null;

  @Column({ name: 'checkpoint_bytes', type: 'bigint', nullable: true })
  checkpointBytes: string | null;

  @Column({ name: 'initial_state_sha256', type: 'varchar', length: 64, nullable: true })
  initialStateSha256: string | null;

  @Column({ name: 'weights_name', type: 'text', nullable: true })
  weightsName: string | null;

  @Column({ name: 'weights_sha256', type: 'varchar', length: 64, nullable: true })
  weightsSha256: string | null;

  /** Which training it is: `key` of its points in `trajectory_point`. NULL until the attempt has said so. */
  @Column({ name: 'trajectory_key', type: 'varchar', length: 64, nullable: true })
  trajectoryKey: string | null;

  /** Epochs that the attempt took over from an equal training. */
  @Column({ name: 'continued_from', type: 'integer', nullable: true })
  continuedFrom: number | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}
