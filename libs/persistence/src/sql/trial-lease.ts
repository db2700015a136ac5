import { clearMeasures, measureColumnList, measureValues, setMeasures } from './measure-columns.js';
import { MAY_BEGIN, overBudget } from './study.js';

// The lease protocol of trials. Every write of a worker is one statement with the fence
// `id = $1 AND attempt = $2 AND state = 'RUNNING'`: an older attempt changes no row. Times are the database's own.

const FENCE = `t.id = $1 AND t.attempt = $2 AND t.state = 'RUNNING'`;

/** $1 worker, $2 request. Index trial_claim. */
export const FIND_CLAIM = `
  SELECT t.*, false AS on_front FROM trial t
   WHERE t.worker_id = $1 AND t.claim_request_id = $2 AND t.state = 'RUNNING'`;

/** The trials of a RUNNING study that wait and may begin, but those of some architectures, in the order of their claims. Index trial_queue. */
function waiting(study: string, leftOut: string): string {
  return `FROM trial t JOIN study s ON s.id = t.study_id
     WHERE t.study_id = ${study} AND t.state = 'WAITING' AND t.run_at <= now() AND s.state = 'RUNNING'
        AND NOT (t.params ->> 'architecture' = ANY(${leftOut}::text[])) AND ${MAY_BEGIN}
     ORDER BY t.priority DESC, t.run_at, t.serial`;
}

/** $1 study, $2 architectures that are left out. */
export const NEXT_WAITING = `SELECT t.params ${waiting('$1', '$2')} LIMIT 1`;

/**
 * $1 worker, $2 request, $3 lease seconds, $4 device class, $5 device name, $6 study, $7 architectures that are left out.
 * First in, first out within a priority. Index trial_queue; rows being claimed are skipped.
 */
export const CLAIM_WAITING = `
  WITH candidate AS (
    SELECT t.id ${waiting('$6', '$7')} LIMIT 1
       FOR NO KEY UPDATE OF t SKIP LOCKED)
  UPDATE trial t
     SET state = 'RUNNING', attempt = t.attempt + 1, worker_id = $1, claim_request_id = $2,
         lease_until = now() + $3 * interval '1 s', device_class = $4, device_name = $5, started_at = now(),
         epoch = 0, constraints = '[]', feasible = NULL, latency_device_class = NULL, latency_device_name = NULL,
         trajectory_key = NULL, continued_from = NULL, ${clearMeasures}
    FROM candidate c WHERE t.id = c.id
  RETURNING t.*, false AS on_front`;

/** $1 trials as JSON. */
export const ENQUEUE = `
  INSERT INTO trial (study_id, number, params, seed, max_attempts, priority, user_attrs)
  SELECT n."studyId", n.number, n.parameters, n.seed, n."maxAttempts", n.priority, coalesce(n."userAttrs", '{}')
    FROM jsonb_to_recordset($1::jsonb)
      AS n("studyId" uuid, number integer, parameters jsonb, seed bigint, "maxAttempts" integer, priority integer,
           "userAttrs" jsonb)
   ORDER BY n.number`;

/**
 * $1 study, $2 number, $3 params, $4 seed, $5 max attempts, $6 priority, $7 worker, $8 request, $9 lease seconds, $10 device
 * class, $11 device name, $12 user attributes.
 */
export const INSERT_CLAIMED = `
  INSERT INTO trial AS t (study_id, number, params, seed, max_attempts, priority, state, attempt, worker_id,
                          claim_request_id, lease_until, device_class, device_name, started_at, user_attrs)
  VALUES ($1, $2, $3, $4, $5, $6, 'RUNNING', 1, $7, $8, now() + $9 * interval '1 s', $10, $11, now(), $12)
  RETURNING t.*, false AS on_front`;

/**
 * $1 study, $2 number, $3 params, $4 seed, $5 max attempts, $6 priority, $7 measures, $8 constraints, $9 reason, $10 class and
 * $11 name of the device of the latency, $12 user attributes. It takes no time: begun and finished at once.
 */
export const INSERT_PRUNED = `
  INSERT INTO trial AS t (study_id, number, params, seed, max_attempts, priority, state, constraints, feasible, prune_reason,
                          latency_device_class, latency_device_name, user_attrs, started_at, finished_at, ${measureColumnList})
  SELECT $1, $2, $3, $4, $5, $6, 'PRUNED', $8, false, $9, $10, $11, $12, now(), now(), ${measureValues('$7')}
  RETURNING t.*, false AS on_front`;

/** $1 study, $2 architecture, $3 measures, $4 constraints, $5 reason, $6 class and $7 name of the device of the latency. */
export const PRUNE_WAITING = `
  UPDATE trial t
     SET state = 'PRUNED', constraints = $4, feasible = false, prune_reason = $5, latency_device_class = $6,
         latency_device_name = $7, started_at = coalesce(t.started_at, now()), finished_at = now(), ${setMeasures('$3')}
   WHERE t.study_id = $1 AND t.state = 'WAITING' AND t.params ->> 'architecture' = $2
  RETURNING t.number`;

/**
 * $1 trial, $2 attempt, $3 lease seconds. A heap-only update: no indexed column changes. Once the study's time is over a trial
 * that has no epoch of its own has nothing to keep: it would go on for the rest of its start and a whole epoch.
 */
export const HEARTBEAT = `
  UPDATE trial t SET lease_until = now() + $3 * interval '1 s'
    FROM study s WHERE ${FENCE} AND s.id = t.study_id
  RETURNING t.lease_until, s.state = 'STOPPED' OR (t.epoch = coalesce(t.continued_from, 0) AND ${overBudget()}) AS cancel`;

/**
 * $1 trial, $2 attempt, $3 lease seconds, $4 measures, $5 constraints, $6 feasible, $7 class and $8 name of the device that
 * the latency was measured on.
 */
export const RECORD_PROFILE = `
  UPDATE trial t
     SET lease_until = now() + $3 * interval '1 s', constraints = $5, feasible = $6,
         latency_device_class = coalesce($7, t.latency_device_class),
         latency_device_name = coalesce($8, t.latency_device_name), ${setMeasures('$4')}
    FROM study s WHERE ${FENCE} AND s.id = t.study_id
  RETURNING t.lease_until, s.state = 'STOPPED' AS cancel, ${overBudget()} AS over_budget`;

/**
 * $1 trial, $2 attempt, $3 lease seconds, $4 epoch, $5–$9 train loss, validation loss, accuracy, train seconds, evaluation
 * seconds. The UPDATE locks the row, which orders the report against a reaper: an INSERT … SELECT of its own could still
 * see RUNNING while the reap commits.
 */
export const RECORD_REPORT = `
  WITH held AS (
    UPDATE trial t SET lease_until = now() + $3 * interval '1 s' WHERE ${FENCE} RETURNING t.*),
  added AS (
    INSERT INTO trial_report (trial_id, attempt, epoch, train_loss, validation_loss, accuracy, train_seconds, evaluation_seconds)
    SELECT id, $2, $4, $5, $6, $7, $8, $9 FROM held
    ON CONFLICT DO NOTHING RETURNING epoch)
  SELECT held.*, false AS on_front, EXISTS (SELECT FROM added) AS added, s.state = 'STOPPED' AS cancel,
         ${overBudget('CASE WHEN EXISTS (SELECT FROM added) THEN $8::float8 ELSE 0 END')} AS over_budget
    FROM held JOIN study s ON s.id = held.study_id`;

/** $1 trial, $2 attempt, $3 epoch, $4 accuracy, $5 validation loss: shows the newest epoch in the trial's row. */
export const ADVANCE_EPOCH = `
  UPDATE trial t SET epoch = $3, accuracy = $4, validation_loss = $5 WHERE ${FENCE} AND t.epoch < $3
  RETURNING t.*, false AS on_front`;

/** $1 trial, $2 attempt, $3 epoch. */
export const FIND_REPORT = `
  SELECT epoch, train_loss, validation_loss, accuracy, train_seconds, evaluation_seconds
    FROM trial_report WHERE trial_id = $1 AND attempt = $2 AND epoch = $3`;

/**
 * $1 trial, $2 attempt, $3 state, $4 digest, $5 measures, $6 constraints, $7 feasible, $8 prune reason, $9 fail reason,
 * $10 fail message, $11 checkpoint, $12 its bytes, $13 initial state, $14 weights, $15 their hash.
 */
export const FINISH = `
  UPDATE trial t
     SET state = $3, lease_until = NULL, finished_attempt = $2, result_digest = $4, finished_at = now(),
         constraints = $6, feasible = $7, prune_reason = $8, fail_reason = $9, fail_message = $10,
         checkpoint_sha256 = $11, checkpoint_bytes = $12, initial_state_sha256 = $13,
         weights_name = $14, weights_sha256 = $15, ${setMeasures('$5')}
   WHERE ${FENCE} RETURNING t.id`;

/** $1 trial, $2 attempt, $3 digest: whether this very result was recorded before (its answer was lost). */
export const IS_FINISHED_ALIKE = `
  SELECT FROM trial WHERE id = $1 AND finished_attempt = $2 AND result_digest = $3`;

/** $1 trial, $2 attempt. No expiry is counted. */
export const RELEASE = `
  UPDATE trial t SET state = 'WAITING', lease_until = NULL, worker_id = NULL, claim_request_id = NULL, run_at = now()
   WHERE ${FENCE} RETURNING t.study_id, t.number`;

/** $1 limit. Index trial_running; lease_until itself is never indexed. */
export const STUDIES_WITH_EXPIRED_LEASES = `
  SELECT DISTINCT study_id FROM trial WHERE state = 'RUNNING' AND lease_until < now() LIMIT $1`;

/** $1 study, $2 limit. Compare and set: what was renewed or finished since the SELECT is left alone. */
export const REAP = `
  UPDATE trial t
     SET state = CASE WHEN t.expiries + 1 >= t.max_attempts THEN 'FAIL' ELSE 'WAITING' END,
         expiries = t.expiries + 1, lease_until = NULL, claim_request_id = NULL,
         run_at = now() + least(300, 2 ^ t.expiries) * (0.5 + random()) * interval '1 s',
         fail_reason = CASE WHEN t.expiries + 1 < t.max_attempts THEN NULL
                            WHEN t.max_attempts = 1 THEN 'lease_expired' ELSE 'poisoned' END,
         fail_message = CASE WHEN t.expiries + 1 >= t.max_attempts
                             THEN format('its worker was lost %s time(s); the last was %s', t.expiries + 1, t.worker_id) END,
         finished_at = CASE WHEN t.expiries + 1 >= t.max_attempts THEN now() END,
         worker_id = CASE WHEN t.expiries + 1 >= t.max_attempts THEN t.worker_id END
   WHERE t.id IN (SELECT id FROM trial WHERE study_id = $1 AND state = 'RUNNING' AND lease_until < now()
                   ORDER BY number LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
     AND t.state = 'RUNNING' AND t.lease_until < now()
  RETURNING t.id, t.number, t.state, t.fail_reason`;

/** $1 study, $2 message, $3 whether trials that had begun are cancelled as well. */
export const CANCEL_WAITING = `
  UPDATE trial SET state = 'FAIL', fail_reason = 'cancelled', fail_message = $2, finished_at = now()
   WHERE study_id = $1 AND state = 'WAITING' AND (attempt = 0 OR $3)
  RETURNING number`;
