import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { TrialEntity } from './trial-entity.js';

/** A training at the end of an epoch: what a trial for more epochs goes on from. */
@Entity('trajectory_point')
@Check('trajectory_slots', '(slots_sha256 IS NULL) = (slots_bytes IS NULL)')
export class TrajectoryPointEntity {
  /** Hash of everything that decides the training but its epochs. */
  @PrimaryColumn({ type: 'varchar', length: 64, primaryKeyConstraintName: 'PK_trajectory_point' })
  key: string;

  /** Epochs done. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'PK_trajectory_point' })
  epoch: number;

  /** Made it. */
  @Index('trajectory_trial')
  @ManyToOne(() => TrialEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'trial_id', foreignKeyConstraintName: 'FK_trajectory_trial' })
  trial: TrialEntity;

  @Index('trajectory_checkpoint')
  @Column({ name: 'checkpoint_sha256', type: 'varchar', length: 64 })
  checkpointSha256: string;

  @Column({ name: 'checkpoint_bytes', type: 'bigint' })
  checkpointBytes: string;

  /** Momentum; NULL once nobody is to go on from here. */
  @Index('trajectory_slots_sha256', { where: 'slots_sha256 IS NOT NULL' })
  @Column({ name: 'slots_sha256', type: 'varchar', length: 64, nullable: true })
  slotsSha256: string | null;

  @Column({ name: 'slots_bytes', type: 'bigint', nullable: true })
  slotsBytes: string | null;

  @Column({ name: 'initial_state_sha256', type: 'varchar', length: 64 })
  initialStateSha256: string;

  /** PointMeasures. */
  @Column({ type: 'jsonb' })
  measures: unknown;

  /** EpochReport[], from the first epoch on. */
  @Column({ type: 'jsonb' })
  reports: unknown;

  /** Of training and evaluation, from the beginning: what the point is worth. */
  @Column({ type: 'double precision' })
  seconds: number;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'last_used_at', type: 'timestamptz', default: () => 'now()' })
  lastUsedAt: Date;
}
