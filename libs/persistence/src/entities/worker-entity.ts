import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A worker that has asked for work. */
@Entity('worker')
export class WorkerEntity {
  @PrimaryColumn({ type: 'text' })
  id: string;

  /** Device. */
  @Column({ type: 'jsonb' })
  device: unknown;

  @Column({ name: 'first_seen_at', type: 'timestamptz', default: () => 'now()' })
  firstSeenAt: Date;

  @Column({ name: 'last_seen_at', type: 'timestamptz', default: () => 'now()' })
  lastSeenAt: Date;
}
