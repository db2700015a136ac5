// Trainings on record. A point is given out and taken away by statements that lock its row and compare `last_used_at`: what
// is given out between the choice of a row and its deletion stays.

/** A RUNNING trial of the training of point `p` may be loading it. */
const IS_HELD = `EXISTS (SELECT FROM trial h WHERE h.trajectory_key = p.key AND h.state = 'RUNNING')`;

/** The checkpoint of point `p` is the result of a trial: the point answers trials of its epoch. */
const IS_RESULT = 'EXISTS (SELECT FROM trial r WHERE r.checkpoint_sha256 = p.checkpoint_sha256)';

const IS_ON_FRONT = `EXISTS (SELECT FROM trial r JOIN front f ON f.trial_id = r.id
                              WHERE r.checkpoint_sha256 = p.checkpoint_sha256)`;

/** Takes away what one would go on from: momentum alone where the checkpoint is a trial's result, else the point. */
function dropping(candidates: string): string {
  return `
  WITH candidate AS (${candidates}),
  deleted AS (
    DELETE FROM trajectory_point p USING candidate c
     WHERE p.key = c.key AND p.epoch = c.epoch AND p.last_used_at = c.last_used_at AND NOT c.is_result
    RETURNING p.key),
  stripped AS (
    UPDATE trajectory_point p SET slots_sha256 = NULL, slots_bytes = NULL FROM candidate c
     WHERE p.key = c.key AND p.epoch = c.epoch AND p.last_used_at = c.last_used_at AND c.is_result
       AND p.slots_sha256 IS NOT NULL
    RETURNING p.key)
  SELECT ((SELECT count(*) FROM deleted) + (SELECT count(*) FROM stripped))::integer AS dropped`;
}

const CANDIDATE = `SELECT p.key, p.epoch, p.last_used_at, ${IS_RESULT} AS is_result`;

/** $1 trial, $2 attempt, $3 lease seconds, $4 trajectory. Locks the row, which orders the grant against a reaper. */
export const NOTE_TRAJECTORY = `
  UPDATE trial t SET lease_until = now() + $3 * interval '1 s', trajectory_key = $4
   WHERE t.id = $1 AND t.attempt = $2 AND t.state = 'RUNNING'
  RETURNING t.*, false AS on_front`;

/** $1 trajectory, $2 epoch, $3 trial: only what that trial was given. */
export const FORGET_POINT = `
  DELETE FROM trajectory_point p WHERE p.key = $1 AND p.epoch = $2
     AND EXISTS (SELECT FROM trial t WHERE t.id = $3 AND t.continued_from = $2)`;

/**
 * $1 trajectory, $2 most epochs. One at that very epoch needs no momentum. The last condition is for the row as it is once it
 * is locked: its momentum may have been dropped since it was chosen.
 */
export const TAKE_POINT = `
  UPDATE trajectory_point p SET last_used_at = clock_timestamp()
   WHERE p.key = $1 AND p.epoch = (
           SELECT max(l.epoch) FROM trajectory_point l
            WHERE l.key = $1 AND (l.epoch = $2 OR (l.epoch < $2 AND l.slots_sha256 IS NOT NULL)))
     AND (p.epoch = $2 OR p.slots_sha256 IS NOT NULL)
  RETURNING p.*`;

/** $1 trial, $2 attempt. */
export const CLEAR_REPORTS = 'DELETE FROM trial_report WHERE trial_id = $1 AND attempt = $2';

/** $1 trial, $2 attempt, $3 reports as JSON. */
export const COPY_REPORTS = `
  INSERT INTO trial_report (trial_id, attempt, epoch, train_loss, validation_loss, accuracy, train_seconds, evaluation_seconds)
  SELECT $1, $2, r.epoch, r."trainLoss", r."validationLoss", r.accuracy, r."trainSeconds", r."evaluationSeconds"
    FROM jsonb_to_recordset($3::jsonb)
      AS r(epoch integer, "trainLoss" float8, "validationLoss" float8, accuracy float8, "trainSeconds" float8,
           "evaluationSeconds" float8)`;

/** $1 trial, $2 epochs taken over or NULL, $3 accuracy, $4 validation loss. */
export const SET_CONTINUED = `
  UPDATE trial t SET continued_from = $2, epoch = coalesce($2, 0), accuracy = $3, validation_loss = $4
   WHERE t.id = $1 RETURNING t.*, false AS on_front`;

/**
 * $1 trial, $2 checkpoint, $3 its bytes, $4 slots, $5 their bytes, $6 initial state, $7 measures, $8 seconds. Whoever is first
 * keeps the row; momentum that was dropped from it is taken again.
 */
export const RECORD_POINT = `
  INSERT INTO trajectory_point AS p (key, epoch, trial_id, checkpoint_sha256, checkpoint_bytes, slots_sha256, slots_bytes,
                                     initial_state_sha256, measures, seconds, reports)
  SELECT t.trajectory_key, t.epoch, t.id, $2, $3, $4, $5, $6, $7, $8, c.reports
    FROM trial t CROSS JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object(
                    'epoch', r.epoch, 'trainLoss', r.train_loss, 'validationLoss', r.validation_loss,
                    'accuracy', r.accuracy, 'trainSeconds', r.train_seconds,
                    'evaluationSeconds', r.evaluation_seconds) ORDER BY r.epoch) AS reports, count(*) AS epochs
             FROM trial_report r WHERE r.trial_id = t.id AND r.attempt = t.attempt) c
   WHERE t.id = $1 AND t.trajectory_key IS NOT NULL AND t.epoch > 0 AND c.epochs = t.epoch
  ON CONFLICT (key, epoch) DO UPDATE
     SET last_used_at = clock_timestamp(),
         slots_sha256 = CASE WHEN p.checkpoint_sha256 = excluded.checkpoint_sha256 AND p.slots_sha256 IS NULL
                             THEN excluded.slots_sha256 ELSE p.slots_sha256 END,
         slots_bytes = CASE WHEN p.checkpoint_sha256 = excluded.checkpoint_sha256 AND p.slots_sha256 IS NULL
                            THEN excluded.slots_bytes ELSE p.slots_bytes END`;

/** $1 trial. */
export const DROP_SUPERSEDED = dropping(`${CANDIDATE}
    FROM trajectory_point p JOIN trial t ON t.trajectory_key = p.key
   WHERE t.id = $1 AND p.slots_sha256 IS NOT NULL
     AND EXISTS (SELECT FROM trajectory_point l WHERE l.key = p.key AND l.epoch > p.epoch AND l.slots_sha256 IS NOT NULL)
     AND NOT EXISTS (SELECT FROM trial h WHERE h.trajectory_key = p.key AND h.state = 'RUNNING' AND h.id <> $1)`);

/** $1 trial. */
export const DROP_OF_TRIAL = dropping(`${CANDIDATE} FROM trajectory_point p WHERE p.trial_id = $1 AND NOT ${IS_HELD}`);

/** $1 study. */
export const DROP_LOSERS = dropping(`${CANDIDATE} FROM trajectory_point p
   WHERE p.key IN (SELECT t.trajectory_key FROM trial t WHERE t.study_id = $1)
     AND p.slots_sha256 IS NOT NULL AND NOT ${IS_ON_FRONT} AND NOT ${IS_HELD}
     AND NOT EXISTS (SELECT FROM trial o JOIN study s ON s.id = o.study_id
                      WHERE o.trajectory_key = p.key AND s.state = 'RUNNING' AND s.id <> $1)`);

/** Blobs that count against the bound, each once; a trial's checkpoint and that of its point are one. */
const HELD_BLOBS = `
  SELECT 'checkpoints' AS kind, sha256, max(bytes) AS bytes FROM (
    SELECT checkpoint_sha256 AS sha256, checkpoint_bytes AS bytes FROM trial WHERE checkpoint_sha256 IS NOT NULL
    UNION ALL SELECT checkpoint_sha256, checkpoint_bytes FROM trajectory_point) c GROUP BY sha256
  UNION ALL
  SELECT 'resumeStates', slots_sha256, max(slots_bytes) FROM trajectory_point WHERE slots_sha256 IS NOT NULL
   GROUP BY slots_sha256`;

export const HELD_BYTES = `SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM (${HELD_BLOBS}) b`;

export const USAGE = `
  SELECT b.kind, sum(b.bytes)::float8 AS bytes, count(*)::integer AS count FROM (${HELD_BLOBS}) b GROUP BY b.kind
  UNION ALL
  SELECT 'exports', coalesce(sum(e.zip_bytes + (SELECT coalesce(sum((f ->> 'bytes')::bigint), 0)
                                                  FROM jsonb_array_elements(e.files) f)), 0)::float8, count(*)::integer
    FROM export e WHERE e.state = 'READY'
  UNION ALL
  SELECT 'pictures', coalesce(sum(d.size_bytes), 0)::float8, coalesce(sum(d.image_count), 0)::integer
    FROM dataset d WHERE d.state = 'READY'`;

/** Rows that one eviction takes at most: a statement must end in time. */
const EVICTED_AT_ONCE = 2000;

/** $1 bytes that are too many. The longest unused ones first, as many as are needed and one statement may take. */
export const EVICT_POINTS = dropping(`
  SELECT x.key, x.epoch, x.last_used_at, x.is_result FROM (
    SELECT y.*, sum(y.freed) OVER (ORDER BY y.last_used_at, y.key, y.epoch) - y.freed AS before FROM (
      SELECT z.*, coalesce(z.slots_bytes, 0) + CASE WHEN z.is_result THEN 0 ELSE z.checkpoint_bytes END AS freed FROM (
        ${CANDIDATE}, p.slots_bytes, p.checkpoint_bytes FROM trajectory_point p
         WHERE (p.slots_sha256 IS NOT NULL OR NOT ${IS_RESULT}) AND NOT ${IS_ON_FRONT} AND NOT ${IS_HELD}
         ORDER BY p.last_used_at, p.key, p.epoch LIMIT ${EVICTED_AT_ONCE}) z) y) x
   WHERE x.before < $1`);

/**
 * $1 bytes that are too many. FOR UPDATE waits for nobody and passes over trials that an export is being made for; one that is
 * inserted later finds the checkpoint gone.
 */
export const EVICT_CHECKPOINTS = `
  WITH candidate AS (
    SELECT x.id, x.checkpoint_sha256 FROM (
      SELECT y.id, y.checkpoint_sha256,
             sum(y.checkpoint_bytes) OVER (ORDER BY y.finished_at, y.serial) - y.checkpoint_bytes AS before
        FROM (
          SELECT t.* FROM trial t
           WHERE t.checkpoint_sha256 IS NOT NULL AND t.state = 'COMPLETE' AND t.feasible IS NOT TRUE
             AND NOT EXISTS (SELECT FROM trial o
                              WHERE o.checkpoint_sha256 = t.checkpoint_sha256 AND o.feasible IS TRUE)
             AND NOT EXISTS (SELECT FROM export e JOIN trial o ON o.id = e.trial_id
                              WHERE o.checkpoint_sha256 = t.checkpoint_sha256 AND e.state IN ('WAITING', 'RUNNING'))
             AND NOT EXISTS (SELECT FROM trial h WHERE h.trajectory_key = t.trajectory_key AND h.state = 'RUNNING')
           ORDER BY t.finished_at, t.serial LIMIT ${EVICTED_AT_ONCE}) y) x
     WHERE x.before < $1),
  locked AS (
    SELECT t.id FROM trial t JOIN candidate c ON c.id = t.id ORDER BY t.serial FOR UPDATE OF t SKIP LOCKED),
  cleared AS (
    UPDATE trial t SET checkpoint_sha256 = NULL, checkpoint_bytes = NULL FROM locked l
     WHERE t.id = l.id RETURNING t.id, t.trajectory_key, t.epoch),
  forgotten AS (
    DELETE FROM trajectory_point p USING cleared c WHERE p.key = c.trajectory_key AND p.epoch = c.epoch
       AND p.slots_sha256 IS NULL)
  SELECT count(*)::integer AS dropped FROM cleared`;

/** $1 hashes. */
export const REFERRED = `
  SELECT b.sha256 FROM unnest($1::text[]) AS b(sha256)
   WHERE EXISTS (SELECT FROM trial t WHERE t.checkpoint_sha256 = b.sha256)
      OR EXISTS (SELECT FROM trajectory_point p WHERE p.checkpoint_sha256 = b.sha256)
      OR EXISTS (SELECT FROM trajectory_point p WHERE p.slots_sha256 = b.sha256)`;
