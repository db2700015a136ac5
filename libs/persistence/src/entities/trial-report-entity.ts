import { Column, Entity, Generated, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { TrialEntity } from './trial-entity.js';

/** One epoch of one attempt. */
@Entity('trial_report')
export class TrialReportEntity {
  @PrimaryColumn({ name: 'trial_id', type: 'uuid' })
  trialId: string;

  @PrimaryColumn({ type: 'integer' })
  attempt: number;

  @PrimaryColumn({ type: 'integer' })
  epoch: number;

  /** For the schema `optuna`, whose rows have integers. */
  @Column({ type: 'integer' })
  @Generated('increment')
  serial: number;

  @ManyToOne(() => TrialEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'trial_id' })
  trial: TrialEntity;

  @Column({ name: 'train_loss', type: 'double precision' })
  trainLoss: number;

  @Column({ name: 'validation_loss', type: 'double precision' })
  validationLoss: number;

  @Column({ type: 'double precision' })
  accuracy: number;

  @Column({ name: 'train_seconds', type: 'double precision' })
  trainSeconds: number;

  @Column({ name: 'evaluation_seconds', type: 'double precision' })
  evaluationSeconds: number;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
