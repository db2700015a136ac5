import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { StudyEntity } from './study-entity.js';
import { TrialEntity } from './trial-entity.js';

/** A member of a study's feasible Pareto front. */
@Entity('front')
export class FrontEntity {
  @PrimaryColumn({ name: 'study_id', type: 'uuid' })
  studyId: string;

  @PrimaryColumn({ name: 'trial_id', type: 'uuid' })
  @Index('front_trial')
  trialId: string;

  @ManyToOne(() => StudyEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'study_id' })
  study: StudyEntity;

  @ManyToOne(() => TrialEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'trial_id' })
  trial: TrialEntity;

  /** 1 for the one that is ranked first. */
  @Column({ type: 'integer' })
  place: number;
}
