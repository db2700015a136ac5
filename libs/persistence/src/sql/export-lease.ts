import { WORKER_IS_ALIVE } from './worker.js';

// The lease protocol of exports, as that of trials in trial-lease.ts.

const FENCE = `e.id = $1 AND e.attempt = $2 AND e.state = 'RUNNING'`;

/** Workers that may be lost before an export is FAILED. */
const MOST_EXPIRIES = 3;

const COLUMNS = 'e.*, (SELECT t.number FROM trial t WHERE t.id = e.trial_id) AS trial_number';

/** $1 study, $2 trial. */
export const INSERT_EXPORT = `INSERT INTO export AS e (study_id, trial_id) VALUES ($1, $2) RETURNING ${COLUMNS}`;

/** $1 export. */
export const FIND_EXPORT = `SELECT ${COLUMNS} FROM export e WHERE e.id = $1`;

/** $1 study, $2 serial of the last one seen or null, $3 limit. */
export const LIST_EXPORTS = `
  SELECT ${COLUMNS} FROM export e WHERE e.study_id = $1 AND ($2::bigint IS NULL OR e.serial < $2)
   ORDER BY e.serial DESC LIMIT $3`;

/** $1 worker, $2 request. Index export_claim. */
export const FIND_EXPORT_CLAIM = `
  SELECT ${COLUMNS} FROM export e WHERE e.worker_id = $1 AND e.claim_request_id = $2 AND e.state = 'RUNNING'`;

/**
 * $1 worker, $2 request, $3 lease seconds, $4 device class. Index export_queue; rows being claimed are skipped. An export
 * is measured on the class of device that its trial's latency is from: it is left to a worker on one while any lives.
 */
export const CLAIM_EXPORT = `
  WITH candidate AS (
    SELECT x.id FROM export x JOIN trial r ON r.id = x.trial_id
     WHERE x.state = 'WAITING' AND x.run_at <= now()
       AND (coalesce(r.latency_device_class, r.device_class) = $4
            OR NOT EXISTS (SELECT FROM worker w
                            WHERE w.device ->> 'class' = coalesce(r.latency_device_class, r.device_class)
                              AND ${WORKER_IS_ALIVE}))
     ORDER BY x.run_at, x.serial LIMIT 1 FOR NO KEY UPDATE OF x SKIP LOCKED)
  UPDATE export e
     SET state = 'RUNNING', attempt = e.attempt + 1, worker_id = $1, claim_request_id = $2,
         lease_until = now() + $3 * interval '1 s', started_at = now()
    FROM candidate c WHERE e.id = c.id
  RETURNING ${COLUMNS}`;

/** $1 export, $2 attempt, $3 lease seconds. */
export const HEARTBEAT_EXPORT = `
  UPDATE export e SET lease_until = now() + $3 * interval '1 s' WHERE ${FENCE}
  RETURNING e.lease_until, false AS cancel`;

/** $1 export, $2 attempt, $3 state, $4 digest, $5 failure, $6 verification, $7 files, $8 zip, $9 its bytes. */
export const FINISH_EXPORT = `
  UPDATE export e
     SET state = $3, lease_until = NULL, finished_attempt = $2, result_digest = $4, failure = $5, verification = $6,
         files = $7, zip_sha256 = $8, zip_bytes = $9, finished_at = now()
   WHERE ${FENCE} RETURNING e.id`;

/** $1 export, $2 attempt, $3 digest. */
export const IS_EXPORT_FINISHED_ALIKE = `
  SELECT FROM export WHERE id = $1 AND finished_attempt = $2 AND result_digest = $3`;

/** $1 limit. */
export const EXPORT_DURATIONS = `
  SELECT extract(epoch FROM finished_at - started_at)::float8 AS seconds
    FROM export WHERE state = 'READY' AND started_at IS NOT NULL ORDER BY serial DESC LIMIT $1`;

/** $1 export, $2 attempt. */
export const RELEASE_EXPORT = `
  UPDATE export e SET state = 'WAITING', lease_until = NULL, worker_id = NULL, claim_request_id = NULL, run_at = now()
   WHERE ${FENCE} RETURNING e.study_id`;

/** $1 limit. */
export const REAP_EXPORTS = `
  UPDATE export e
     SET state = CASE WHEN e.expiries + 1 >= ${MOST_EXPIRIES} THEN 'FAILED' ELSE 'WAITING' END,
         expiries = e.expiries + 1, lease_until = NULL, claim_request_id = NULL,
         run_at = now() + (2 ^ e.expiries) * (0.5 + random()) * interval '1 s',
         failure = CASE WHEN e.expiries + 1 >= ${MOST_EXPIRIES}
                        THEN format('its worker was lost %s times; the last was %s', e.expiries + 1, e.worker_id) END,
         finished_at = CASE WHEN e.expiries + 1 >= ${MOST_EXPIRIES} THEN now() END,
         worker_id = NULL
   WHERE e.id IN (SELECT id FROM export WHERE state = 'RUNNING' AND lease_until < now()
                   LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
     AND e.state = 'RUNNING' AND e.lease_until < now()
  RETURNING e.id, e.study_id, e.state`;
