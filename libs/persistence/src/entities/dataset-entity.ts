import { Check, Column, Entity, Generated, PrimaryGeneratedColumn } from 'typeorm';

/** A dataset and how far its import is. */
@Entity('dataset')
@Check('dataset_state', `state IN ('IMPORTING', 'READY', 'FAILED')`)
export class DatasetEntity {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Column({ type: 'bigint', unique: true })
  @Generated('increment')
  serial: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  path: string;

  @Column({ name: 'validation_fraction', type: 'double precision' })
  validationFraction: number;

  @Column({ type: 'bigint' })
  seed: string;

  @Column({ type: 'varchar', length: 16, default: 'IMPORTING' })
  state: string;

  @Column({ name: 'progress_done', type: 'integer', default: 0 })
  progressDone: number;

  @Column({ name: 'progress_total', type: 'integer', nullable: true })
  progressTotal: number | null;

  @Column({ type: 'text', nullable: true })
  failure: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  version: string | null;

  @Column({ name: 'manifest_sha256', type: 'varchar', length: 64, nullable: true })
  manifestSha256: string | null;

  @Column({ type: 'jsonb', default: [] })
  classes: unknown;

  @Column({ name: 'image_count', type: 'integer', default: 0 })
  imageCount: number;

  @Column({ name: 'size_bytes', type: 'bigint', default: 0 })
  sizeBytes: string;

  @Column({ type: 'jsonb', default: [] })
  rejected: unknown;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
