/** Whether worker `w` was seen within the last minute, or holds a lease that a heartbeat keeps alive. */
export const WORKER_IS_ALIVE = `(w.last_seen_at > now() - interval '1 minute'
  OR EXISTS (SELECT FROM trial t WHERE t.worker_id = w.id AND t.state = 'RUNNING' AND t.lease_until > now())
  OR EXISTS (SELECT FROM export e WHERE e.worker_id = w.id AND e.state = 'RUNNING' AND e.lease_until > now())
  OR EXISTS (SELECT FROM preparation p WHERE p.worker_id = w.id AND p.state = 'RUNNING' AND p.lease_until > now()))`;
