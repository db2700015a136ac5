// The lease protocol of preparations, as that of trials in trial-lease.ts.

const FENCE = `p.id = $1 AND p.attempt = $2 AND p.state = 'RUNNING'`;

/** Workers that may be lost before a preparation is FAIL. */
const MOST_EXPIRIES = 3;

const CLAIMED = `state = 'RUNNING', attempt = p.attempt + 1, worker_id = $1, claim_request_id = $2,
         lease_until = now() + $3 * interval '1 s'`;

const WAITING = `state = 'WAITING', expiries = 0, run_at = now(), worker_id = NULL, claim_request_id = NULL`;

/** $1 preparation. */
export const FIND_PREPARATION = 'SELECT p.* FROM preparation p WHERE p.id = $1';

/** $1 hashes of keys. */
export const FIND_PREPARATIONS = 'SELECT p.* FROM preparation p WHERE p.key_sha256 = ANY($1::text[])';

/** $1 worker, $2 request. */
export const FIND_PREPARATION_CLAIM = `
  SELECT p.* FROM preparation p WHERE p.worker_id = $1 AND p.claim_request_id = $2 AND p.state = 'RUNNING'`;

/** $1 architecture or null, $2 class or name of the device or null. */
const FILTER = `p.kind = 'profile' AND ($1::text IS NULL OR p.key ->> 'architecture' = $1)
     AND ($2::text IS NULL OR p.key #>> '{device,class}' = $2 OR p.key #>> '{device,name}' = $2)`;

/** $1, $2 filter, $3 serial of the last one seen or null, $4 limit. */
export const LIST_PROFILES = `
  SELECT p.* FROM preparation p WHERE ${FILTER} AND ($3::bigint IS NULL OR p.serial < $3)
   ORDER BY p.serial DESC LIMIT $4`;

/** $1 worker, $2 request, $3 lease seconds, $4 kind, $5 hash of the key, $6 key: makes it, or claims it where it waits. */
export const CLAIM_PREPARATION = `
  INSERT INTO preparation AS p (kind, key_sha256, key, state, attempt, worker_id, claim_request_id, lease_until)
  VALUES ($4, $5, $6, 'RUNNING', 1, $1, $2, now() + $3 * interval '1 s')
  ON CONFLICT (key_sha256) DO UPDATE SET ${CLAIMED} WHERE p.state = 'WAITING' AND p.run_at <= now()
  RETURNING p.*`;

/**
 * $1 worker, $2 request, $3 lease seconds, $4 device, threads and runtime as part of a key. Index preparation_queue; only
 * what has finished before: what is new belongs to a study, which may have ended.
 */
export const CLAIM_REMEASURED = `
  WITH candidate AS (
    SELECT c.id FROM preparation c
     WHERE c.state = 'WAITING' AND c.run_at <= now() AND c.kind = 'profile' AND c.finished_at IS NOT NULL
       AND c.key @> $4::jsonb
     ORDER BY c.run_at, c.serial LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED)
  UPDATE preparation p SET ${CLAIMED} FROM candidate c WHERE p.id = c.id RETURNING p.*`;

/** $1 preparation, $2 attempt, $3 lease seconds. */
export const HEARTBEAT_PREPARATION = `
  UPDATE preparation p SET lease_until = now() + $3 * interval '1 s' WHERE ${FENCE}
  RETURNING p.lease_until, false AS cancel`;

/** $1 preparation, $2 attempt, $3 state, $4 digest, $5 result, $6 fail reason, $7 fail message. A failure keeps the last result. */
export const FINISH_PREPARATION = `
  UPDATE preparation p
     SET state = $3::varchar, lease_until = NULL, finished_attempt = $2, result_digest = $4, finished_at = now(), expiries = 0,
         result = coalesce($5, p.result), fail_reason = $6, fail_message = $7,
         measured_at = CASE WHEN $3::varchar = 'COMPLETE' THEN now() ELSE p.measured_at END,
         drift = CASE WHEN $3::varchar = 'COMPLETE' THEN NULL ELSE p.drift END,
         drifted_at = CASE WHEN $3::varchar = 'COMPLETE' THEN NULL ELSE p.drifted_at END
   WHERE ${FENCE} RETURNING p.id`;

/** $1 preparation, $2 attempt, $3 digest. */
export const IS_PREPARATION_FINISHED_ALIKE = `
  SELECT FROM preparation WHERE id = $1 AND finished_attempt = $2 AND result_digest = $3`;

/** $1 preparation, $2 attempt. */
export const RELEASE_PREPARATION = `
  UPDATE preparation p SET state = 'WAITING', lease_until = NULL, worker_id = NULL, claim_request_id = NULL, run_at = now()
   WHERE ${FENCE} RETURNING p.id`;

/** $1 limit. */
export const REAP_PREPARATIONS = `
  UPDATE preparation p
     SET state = CASE WHEN p.expiries + 1 >= ${MOST_EXPIRIES} THEN 'FAIL' ELSE 'WAITING' END,
         expiries = p.expiries + 1, lease_until = NULL, claim_request_id = NULL,
         run_at = now() + (2 ^ p.expiries) * (0.5 + random()) * interval '1 s',
         fail_reason = CASE WHEN p.expiries + 1 >= ${MOST_EXPIRIES} THEN 'poisoned' END,
         fail_message = CASE WHEN p.expiries + 1 >= ${MOST_EXPIRIES}
                             THEN format('its worker was lost %s times; the last was %s', p.expiries + 1, p.worker_id) END,
         finished_at = CASE WHEN p.expiries + 1 >= ${MOST_EXPIRIES} THEN now() ELSE p.finished_at END,
         worker_id = NULL
   WHERE p.id IN (SELECT id FROM preparation WHERE state = 'RUNNING' AND lease_until < now()
                   LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
     AND p.state = 'RUNNING' AND p.lease_until < now()
  RETURNING p.id`;

/** $1 preparations, $2 time: those that failed, or whose profile had drifted, before it. */
export const RENEW_PREPARATIONS = `
  UPDATE preparation p SET ${WAITING}
   WHERE p.id = ANY($1::uuid[])
     AND (p.state = 'FAIL' AND p.finished_at < $2 OR p.state = 'COMPLETE' AND p.drifted_at < $2)`;

/** $1, $2 filter. */
export const REMEASURE_PROFILES = `
  UPDATE preparation p SET ${WAITING} WHERE ${FILTER} AND p.state IN ('COMPLETE', 'FAIL') RETURNING p.id`;

/**
 * $1 part of a key, $2 device of the latency, $3 batch, $4 its median, $5 tolerance. The device of a profile's latency is the
 * key's where the result names none.
 */
export const MARK_DRIFTED = `
  WITH doubted AS (
    SELECT d.id, (l.latency ->> 'p50Ms')::float8 AS recorded
      FROM preparation d CROSS JOIN LATERAL jsonb_array_elements(d.result -> 'latencies') AS l(latency)
     WHERE d.kind = 'profile' AND d.state = 'COMPLETE' AND d.drifted_at IS NULL AND d.key @> $1::jsonb
       AND coalesce(d.result -> 'latencyDevice', d.key -> 'device') = $2::jsonb
       AND (l.latency ->> 'batch')::integer = $3)
  UPDATE preparation p
     SET drifted_at = now(), drift = jsonb_build_object('batch', $3::integer, 'recordedMs', d.recorded, 'measuredMs', $4::float8)
    FROM doubted d
   WHERE p.id = d.id AND p.state = 'COMPLETE' AND p.drifted_at IS NULL
     AND abs($4::float8 - d.recorded) > $5::float8 * d.recorded
  RETURNING p.drift, p.drifted_at`;
