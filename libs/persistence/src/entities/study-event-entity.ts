import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { StudyEntity } from './study-entity.js';

/** Something that happened in a study; the ids of one study grow in the order of commit (see `append-events.ts`). */
@Entity('study_event')
@Index('study_event_order', ['studyId', 'id'])
export class StudyEventEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: string;

  @Column({ name: 'study_id', type: 'uuid' })
  studyId: string;

  @ManyToOne(() => StudyEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'study_id' })
  study: StudyEntity;

  @Column({ type: 'text' })
  type: string;

  /** StudyEvent without its type. */
  @Column({ type: 'jsonb' })
  data: unknown;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  at: Date;
}
