import type { Device, WorkerRecord, WorkerRegistry } from '#search';
import type { Query } from '../database.js';
import { WORKER_IS_ALIVE } from '../sql/worker.js';

interface WorkerRow {
  id: string;
  /** Workers of earlier versions said neither index nor driver. */
  device: Omit<Device, 'index' | 'driver'> & Partial<Device>;
  first_seen_at: Date;
  last_seen_at: Date;
  alive: boolean;
  current: string | null;
}

const SELECT_WORKER = `
  SELECT w.*, ${WORKER_IS_ALIVE} AS alive,
         coalesce((SELECT format('trial %s of study %s', t.number, s.name)
                     FROM trial t JOIN study s ON s.id = t.study_id
                    WHERE t.worker_id = w.id AND t.state = 'RUNNING' ORDER BY t.started_at DESC LIMIT 1),
                  (SELECT format('export of trial %s of study %s', t.number, s.name)
                     FROM export e JOIN trial t ON t.id = e.trial_id JOIN study s ON s.id = e.study_id
                    WHERE e.worker_id = w.id AND e.state = 'RUNNING' LIMIT 1),
                  (SELECT format('%s of %s', p.kind, p.key ->> 'architecture')
                     FROM preparation p WHERE p.worker_id = w.id AND p.state = 'RUNNING' LIMIT 1)) AS current
    FROM worker w`;

/** The workers in Postgres. */
export class PostgresWorkerRegistry implements WorkerRegistry {
  constructor(private readonly query: Query) {}

  async seen(workerId: string, device: Device): Promise<void> {
    await this.query(
      `INSERT INTO worker (id, device) VALUES ($1, $2)
           ON CONFLICT (id) DO UPDATE SET device = excluded.device, last_seen_at = now()`,
      [workerId, JSON.stringify(device)],
    );
  }

  async find(workerId: string): Promise<WorkerRecord | null> {
    const [row] = await this.query<WorkerRow>(`${SELECT_WORKER} WHERE w.id = $1`, [workerId]);
    return row === undefined ? null : toWorkerRecord(row);
  }

  async list(limit: number): Promise<readonly WorkerRecord[]> {
    const rows = await this.query<WorkerRow>(`${SELECT_WORKER} ORDER BY w.last_seen_at DESC, w.id LIMIT $1`, [limit]);
    return rows.map(toWorkerRecord);
  }

  async countAlive(): Promise<number> {
    const [{ alive }] = await this.query<{ alive: number }>(
      `SELECT count(*)::int AS alive FROM worker w WHERE ${WORKER_IS_ALIVE}`,
    );
    return alive;
  }
}

function toWorkerRecord(row: WorkerRow): WorkerRecord {
  return {
    id: row.id,
    device: { ...row.device, index: row.device.index ?? 0, driver: row.device.driver ?? null },
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    alive: row.alive,
    current: row.current,
  };
}
