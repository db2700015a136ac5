import { metricNames } from '#search';
import { metricColumn } from './measure-columns.js';

const ON_FRONT = 'EXISTS (SELECT FROM front f WHERE f.study_id = t.study_id AND f.trial_id = t.id) AS on_front';

export const SELECT_TRIAL = `SELECT t.*, ${ON_FRONT} FROM trial t`;

/** $1 study, $2 number. */
export const FIND_TRIAL = `${SELECT_TRIAL} WHERE t.study_id = $1 AND t.number = $2`;

/** $1 ids. */
export const FIND_TRIALS = `${SELECT_TRIAL} WHERE t.id = ANY($1::uuid[]) ORDER BY t.number`;

/** $1 trial. */
export const FIND_CURVE = `
  SELECT r.epoch, r.train_loss, r.validation_loss, r.accuracy, r.train_seconds, r.evaluation_seconds
    FROM trial_report r JOIN trial t ON t.id = r.trial_id AND t.attempt = r.attempt
   WHERE t.id = $1 ORDER BY r.epoch`;

const METRICS = `t.id, t.number, t.correct, t.validation_images, ${metricNames.map((name) => `t.${metricColumn(name)}`).join(', ')}`;

const HISTORY = `SELECT ${METRICS}, t.state, t.params, t.constraints, t.fail_reason, t.epoch`;

/** $1 study. The last report of a trial stands in its row: curves are not read. */
export const FIND_HISTORY = `${HISTORY},
         CASE WHEN t.state = 'PRUNED' AND t.epoch > 0 THEN t.epoch END AS curve_epoch, t.accuracy AS curve_accuracy
    FROM trial t WHERE t.study_id = $1 ORDER BY t.number`;

/** $1 study. The reports of each trial's attempt by the primary key of trial_report. */
export const FIND_WITH_CURVES = `${HISTORY}, c.epochs AS curve_epochs, c.accuracies AS curve_accuracies
    FROM trial t CROSS JOIN LATERAL (
           SELECT coalesce(array_agg(r.epoch ORDER BY r.epoch), '{}') AS epochs,
                  coalesce(array_agg(r.accuracy ORDER BY r.epoch), '{}') AS accuracies
             FROM trial_report r WHERE r.trial_id = t.id AND r.attempt = t.attempt) c
   WHERE t.study_id = $1 AND t.state <> 'WAITING' ORDER BY t.number`;

/** $1 study, $2 earlier studies. */
export const FIND_FINISHED_BEFORE = `${HISTORY},
         CASE WHEN t.state = 'PRUNED' AND t.epoch > 0 THEN t.epoch END AS curve_epoch, t.accuracy AS curve_accuracy
    FROM trial t JOIN study s ON s.id = t.study_id
   WHERE t.study_id = ANY($2::uuid[]) AND t.state IN ('COMPLETE', 'PRUNED')
     AND t.finished_at <= (SELECT created_at FROM study WHERE id = $1)
   ORDER BY s.serial, t.number`;

/** $1 study, $2 epoch. One report per trial, by the primary key of trial_report. */
export const FIND_COMPLETE_AT_EPOCH = `${HISTORY}, r.epoch AS curve_epoch, r.accuracy AS curve_accuracy
    FROM trial t LEFT JOIN trial_report r ON r.trial_id = t.id AND r.attempt = t.attempt AND r.epoch = $2
   WHERE t.study_id = $1 AND t.state = 'COMPLETE' ORDER BY t.number`;

/** $1 study. */
export const FIND_FINISHED = `SELECT ${METRICS} FROM trial t WHERE t.study_id = $1 AND t.state = 'COMPLETE' ORDER BY t.number`;

/** $1 study, $2 how many finished ones; those that no worker ever had took nothing, and predict nothing. */
export const FIND_DURATIONS = `
  SELECT number, state, params, epoch, 0 AS from_epoch, NULL::float8 AS seconds, 0::float8 AS reported_seconds,
         0::float8 AS since_report_seconds, NULL AS worker_id
    FROM trial WHERE study_id = $1 AND state = 'WAITING'
  UNION ALL
  SELECT t.number, t.state, t.params, t.epoch, coalesce(t.continued_from, 0), extract(epoch FROM now() - t.started_at)::float8, r.seconds,
         extract(epoch FROM now() - coalesce(r.last_at, t.started_at))::float8, t.worker_id
    FROM trial t CROSS JOIN LATERAL (
           SELECT coalesce(sum(train_seconds + evaluation_seconds), 0) AS seconds, max(created_at) AS last_at
             FROM trial_report
            WHERE trial_id = t.id AND attempt = t.attempt AND epoch > coalesce(t.continued_from, 0)) r
   WHERE t.study_id = $1 AND t.state = 'RUNNING'
  UNION ALL
  (SELECT number, state, params, epoch, coalesce(continued_from, 0), coalesce(extract(epoch FROM finished_at - started_at)::float8, 0), 0, 0, worker_id
     FROM trial WHERE study_id = $1 AND state IN ('COMPLETE', 'PRUNED') AND attempt > 0 ORDER BY finished_at DESC LIMIT $2)`;
