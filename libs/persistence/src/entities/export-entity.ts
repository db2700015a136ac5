import { Check, Column, Entity, Generated, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { StudyEntity } from './study-entity.js';
import { TrialEntity } from './trial-entity.js';

/** An export: its result and its place in the queue. The lease columns mean what they mean in `trial`. */
@Entity('export')
@Check('export_state', `state IN ('WAITING', 'RUNNING', 'READY', 'FAILED')`)
@Check('export_lease', `(state = 'RUNNING') = (lease_until IS NOT NULL)`)
@Index('export_queue', ['runAt', 'serial'], { where: `state = 'WAITING'` })
@Index('export_claim', ['workerId', 'claimRequestId'], { unique: true, where: `state = 'RUNNING'` })
export class ExportEntity {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Column({ type: 'bigint', unique: true })
  @Generated('increment')
  serial: string;

  @Index('export_study')
  @ManyToOne(() => StudyEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'study_id' })
  study: StudyEntity;

  @ManyToOne(() => TrialEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'trial_id' })
  trial: TrialEntity;

  @Column({ type: 'varchar', length: 16, default: 'WAITING' })
  state: string;

  @Column({ type: 'integer', default: 0 })
  attempt: number;

  @Column({ type: 'integer', default: 0 })
  expiries: number;

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

  @Column({ type: 'text', nullable: true })
  failure: string | null;

  @Column({ type: 'jsonb', nullable: true })
  verification: unknown;

  @Column({ type: 'jsonb', default: [] })
  files: unknown;

  @Column({ name: 'zip_sha256', type: 'varchar', length: 64, nullable: true })
  zipSha256: string | null;

  @Column({ name: 'zip_bytes', type: 'bigint', nullable: true })
  zipBytes: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  /** Of the last claim. */
  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt: Date | null;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}
