import type { Device, WorkerRecord, WorkerRegistry } from '#search';
import type { Query } from '../database.js';

/** Seen within the last minute, or holding a lease that a heartbeat keeps alive. */
const ALIVE = `(w.last_seen_at > now() - interval '1 minute'
  OR EXISTS (SELECT FROM trial t WHERE t.worker_id = w.id AND t.state = 'RUNNING' AND t.lease_until > now())
  OR EXISTS (SELECT FROM export e WHERE e.worker_id = w.id AND e.state = 'RUNNING' AND e.lease_until > now()))`;

interface WorkerRow {
  id: string;
  device: Device;
  first_seen_at: Date;
  last_seen_at: Date;
  alive: boolean;
  current: string | null;
}

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

  async list(limit: number): Promise<readonly WorkerRecord[]> {
    const rows = await this.query<WorkerRow>(
      `SELECT w.*, ${ALIVE} AS alive,
              coalesce((SELECT format('trial %s of study %s', t.number, s.name)
                          FROM trial t JOIN study s ON s.id = t.study_id
                         WHERE t.worker_id = w.id AND t.state = 'RUNNING' ORDER BY t.started_at DESC LIMIT 1),
                       (SELECT format('export of trial %s of study %s', t.number, s.name)
                          FROM export e JOIN trial t ON t.id = e.trial_id JOIN study s ON s.id = e.study_id
                         WHERE e.worker_id = w.id AND e.state = 'RUNNING' LIMIT 1)) AS current
         FROM worker w ORDER BY w.last_seen_at DESC, w.id LIMIT $1`,
      [limit],
    );
    return rows.map((row) => ({
      id: row.id,
      device: row.device,
      firstSeenAt: row.first_seen_at,
      lastSeenAt: row.last_seen_at,
      alive: row.alive,
      current: row.current,
    }));
  }

  async countAlive(): Promise<number> {
    const [{ alive }] = await this.query<{ alive: number }>(
      `SELECT count(*)::int AS alive FROM worker w WHERE ${ALIVE}`,
    );
    return alive;
  }
}
