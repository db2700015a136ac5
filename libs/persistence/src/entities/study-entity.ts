import { Check, Column, Entity, Generated, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { DatasetEntity } from './dataset-entity.js';

/** A study; its row is the lock under which trials are made and finished. */
@Entity('study')
@Check('study_state', `state IN ('RUNNING', 'STOPPED', 'COMPLETE')`)
@Index('study_running', ['serial'], { where: `state = 'RUNNING'` })
export class StudyEntity {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Column({ type: 'bigint', unique: true })
  @Generated('increment')
  serial: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'varchar', length: 16, default: 'RUNNING' })
  state: string;

  @ManyToOne(() => DatasetEntity, { nullable: false })
  @JoinColumn({ name: 'dataset_id' })
  dataset: DatasetEntity;

  /** The whole StudySpec. */
  @Column({ type: 'jsonb' })
  spec: unknown;

  @Column({ name: 'trial_limit', type: 'integer' })
  trialLimit: number;

  @Column({ name: 'next_number', type: 'integer', default: 0 })
  nextNumber: number;

  @Column({ name: 'timeout_seconds', type: 'double precision', nullable: true })
  timeoutSeconds: number | null;

  /** When the budget of the study ends everything. */
  @Column({ name: 'ends_at', type: 'timestamptz', nullable: true })
  endsAt: Date | null;

  /** Kept back before that. */
  @Column({ name: 'reserve_seconds', type: 'double precision', default: 0 })
  reserveSeconds: number;

  /** Of training that workers compute. */
  @Column({ name: 'train_seconds_limit', type: 'double precision', nullable: true })
  trainSecondsLimit: number | null;

  /** What the finished trials took of it. */
  @Column({ name: 'spent_train_seconds', type: 'double precision', default: 0 })
  spentTrainSeconds: number;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}
