import { Check, Column, Entity, Generated, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A profile or a probe: its key, its result and its place in the queue. The lease columns mean what they mean in `trial`. */
@Entity('preparation')
@Unique('preparation_key', ['keySha256'])
@Unique('preparation_serial', ['serial'])
@Check('preparation_kind', `kind IN ('profile', 'probe')`)
@Check('preparation_state', `state IN ('WAITING', 'RUNNING', 'COMPLETE', 'FAIL')`)
@Check('preparation_lease', `(state = 'RUNNING') = (lease_until IS NOT NULL)`)
@Index('preparation_queue', ['runAt', 'serial'], { where: `state = 'WAITING'` })
@Index('preparation_claim', ['workerId', 'claimRequestId'], { unique: true, where: `state = 'RUNNING'` })
export class PreparationEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'preparation_pkey' })
  id: string;

  @Column({ type: 'bigint' })
  @Generated('increment')
  serial: string;

  @Column({ type: 'varchar', length: 16 })
  kind: string;

  /** Of the key, in a normal form. */
  @Column({ name: 'key_sha256', type: 'varchar', length: 64 })
  keySha256: string;

  /** PreparationKey. */
  @Column({ type: 'jsonb' })
  key: unknown;

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

  /** ArchitectureProfile without its time, or ProbeScore: the last that succeeded. */
  @Column({ type: 'jsonb', nullable: true })
  result: unknown;

  @Column({ name: 'measured_at', type: 'timestamptz', nullable: true })
  measuredAt: Date | null;

  /** ProfileDrift without its time. */
  @Column({ type: 'jsonb', nullable: true })
  drift: unknown;

  @Column({ name: 'drifted_at', type: 'timestamptz', nullable: true })
  driftedAt: Date | null;

  @Column({ name: 'fail_reason', type: 'varchar', length: 20, nullable: true })
  failReason: string | null;

  @Column({ name: 'fail_message', type: 'text', nullable: true })
  failMessage: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}
