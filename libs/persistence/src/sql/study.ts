// A study's limit counts every trial but the cancelled ones; `next_number` is how many were ever made.

/** Training of study `s` that workers computed: kept for finished trials, added up for the few that run. */
const SPENT = `(s.spent_train_seconds
    + coalesce((SELECT sum(r.train_seconds) FROM trial t JOIN trial_report r ON r.trial_id = t.id AND r.attempt = t.attempt
                 WHERE t.study_id = s.id AND t.state = 'RUNNING' AND r.epoch > coalesce(t.continued_from, 0)), 0))`;

/**
 * Whether the time of study `s` is used up, all but its reserve: running trials end with their next report.
 *
 * @param more SQL of training seconds that the statement itself adds and therefore does not see.
 */
export function overBudget(more = '0'): string {
  return `(coalesce(now() >= s.ends_at - s.reserve_seconds * interval '1 s', false)
    OR CASE WHEN s.train_seconds_limit IS NULL THEN false ELSE ${SPENT} + ${more} >= s.train_seconds_limit END)`;
}

const OVER_BUDGET = overBudget();

/** Whether study `s` makes no new trial because of its time. */
const TIMED_OUT = `((s.timeout_seconds IS NOT NULL AND now() >= s.created_at + s.timeout_seconds * interval '1 s')
  OR ${OVER_BUDGET})`;

/** Whether trial `t` of study `s`, which waits, may still begin: one that had begun goes on after the mere timeout. */
export const MAY_BEGIN = `(CASE WHEN t.attempt > 0 THEN NOT ${OVER_BUDGET} ELSE NOT ${TIMED_OUT} END)`;

const CANCELLED = `(SELECT count(*) FROM trial t
                     WHERE t.study_id = s.id AND t.state = 'FAIL' AND t.fail_reason = 'cancelled')`;

const HAS_ROOM = `(NOT ${TIMED_OUT} AND s.next_number - ${CANCELLED} < s.trial_limit)`;

const SELECT_STUDY = `
  SELECT s.*, d.name AS dataset_name, ${TIMED_OUT} AS timed_out, ${OVER_BUDGET} AS over_budget,
         ${SPENT} AS spent, now() AS read_at, ${CANCELLED}::int AS cancelled,
         (SELECT jsonb_object_agg(c.state, c.n)
            FROM (SELECT t.state, count(*) AS n FROM trial t WHERE t.study_id = s.id GROUP BY t.state) c) AS counts,
         (SELECT t.number FROM front f JOIN trial t ON t.id = f.trial_id
           WHERE f.study_id = s.id ORDER BY f.place LIMIT 1) AS best_trial_number
    FROM study s JOIN dataset d ON d.id = s.dataset_id`;

/**
 * $1 name, $2 dataset, $3 spec, $4 trial limit, $5 timeout seconds, $6 wall clock seconds, $7 deadline, $8 reserve seconds,
 * $9 train seconds.
 */
export const INSERT_STUDY = `
  INSERT INTO study (name, dataset_id, spec, trial_limit, timeout_seconds, ends_at, reserve_seconds, train_seconds_limit)
  VALUES ($1, $2, $3, $4, $5, least(now() + $6::float8 * interval '1 s', $7::timestamptz), $8, $9) RETURNING id`;

/** $1 study. */
export const FIND_STUDY = `${SELECT_STUDY} WHERE s.id = $1`;

/** $1 study. */
export const FIND_SPEC = 'SELECT spec FROM study WHERE id = $1';

/** $1 state or null, $2 serial of the last one seen or null, $3 limit. */
export const LIST_STUDIES = `${SELECT_STUDY}
   WHERE ($1::text IS NULL OR s.state = $1) AND ($2::bigint IS NULL OR s.serial < $2)
   ORDER BY s.serial DESC LIMIT $3`;

/**
 * $1 study. NO KEY: rows that refer to the study (reports' events of other transactions) may be inserted meanwhile; with
 * FOR UPDATE they would wait, holding the event lock that this transaction is going to need.
 */
export const LOCK_STUDY = 'SELECT id FROM study WHERE id = $1 FOR NO KEY UPDATE';

/** $1 study, $2 state. */
export const SET_STUDY_STATE = `
  UPDATE study SET state = $2::varchar, finished_at = CASE WHEN $2::varchar = 'COMPLETE' THEN now() END WHERE id = $1`;

/** $1 study, $2 count. */
export const TAKE_NUMBERS = `
  UPDATE study SET next_number = next_number + $2 WHERE id = $1 RETURNING next_number - $2 AS first`;

/** $1 study, $2 limit. */
export const SET_TRIAL_LIMIT = 'UPDATE study SET trial_limit = $2 WHERE id = $1';

/** $1 study, $2 seconds. */
export const ADD_TRAIN_SECONDS = 'UPDATE study SET spent_train_seconds = spent_train_seconds + $2 WHERE id = $1';

/** $1 limit. Indexes study_running, trial_queue; the study with the fewest running trials comes first. */
export const STUDIES_WITH_WORK = `
  SELECT s.id FROM study s
   WHERE s.state = 'RUNNING'
     AND (${HAS_ROOM}
          OR EXISTS (SELECT FROM trial t WHERE t.study_id = s.id AND t.state = 'WAITING' AND t.run_at <= now()
                        AND ${MAY_BEGIN}))
   ORDER BY (SELECT count(*) FROM trial t WHERE t.study_id = s.id AND t.state = 'RUNNING'), s.serial LIMIT $1`;

/** $1 limit. After the timeout trials that never began are open no longer, and none that waits once the budget is used up. */
export const FINISHABLE_STUDIES = `
  SELECT s.id FROM study s
   WHERE s.state = 'RUNNING' AND NOT ${HAS_ROOM}
     AND NOT EXISTS (SELECT FROM trial t WHERE t.study_id = s.id AND t.state = 'RUNNING')
     AND NOT EXISTS (SELECT FROM trial t WHERE t.study_id = s.id AND t.state = 'WAITING' AND ${MAY_BEGIN})
   ORDER BY s.serial LIMIT $1`;
