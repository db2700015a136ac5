// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Column of each metric that a study may have as an objective or bound. */
const METRIC_COLUMNS = {
  accuracy: 'accuracy',
  latencyP50Ms: 'latency_p50_ms',
  latencyP95Ms: 'latency_p95_ms',
  trainSeconds: 'train_seconds',
  sizeBytes: 'size_bytes',
  parameterCount: 'parameter_count',
} as const;

const metrics = Object.entries(METRIC_COLUMNS);

/** The value of the metric that `name` holds, in trial `t`; NULL where it is unknown. */
function metricOf(name: string): string {
  return `CASE ${name} ${metrics.map(([metric, column]) => `WHEN '${metric}' THEN t.${column}::float8`).join(' ')} END`;
}

/** Whether trial `t` of study `s` is COMPLETE with a number for every objective; Optuna knows no other COMPLETE ones. */
const HAS_VALUES = `(t.state = 'COMPLETE' AND NOT EXISTS (
       SELECT FROM jsonb_array_elements(s.spec -> 'objectives') AS o(objective)
        WHERE coalesce(${metricOf(`o.objective ->> 'metric'`)}, 'NaN') = 'NaN'))`;

const TRIALS = 'FROM public.trial t JOIN public.study s ON s.id = t.study_id';

/** What the list of choices `choices` (jsonb) calls `choice`: an index from 0, NULL where it is not among them. */
function indexOf(choice: string, choices: string): string {
  return `(SELECT c.place - 1 FROM jsonb_array_elements(${choices}) WITH ORDINALITY AS c(choice, place)
            WHERE c.choice = ${choice} LIMIT 1)::float8`;
}

/** Text of a distribution; the keys of `attributes` in Optuna's order. */
function distributionJson(name: string, attributes: Readonly<Record<string, string>>): string {
  const parts = Object.entries(attributes).map(([key, sql]) => `'"${key}": ', ${sql}`);
  return `concat('{"name": "${name}", "attributes": {', ${parts.join(", ', ', ")}, '}}')`;
}

const categorical = (choices: string) => distributionJson('CategoricalDistribution', { choices });

/** Views by Optuna's names, as SQL. Integers that identify rows are made of the serials of trials, studies and reports. */
const views: Readonly<Record<string, string>> = {
  version_info: `SELECT 1 AS version_info_id, 12 AS schema_version, '5.0.0'::varchar(256) AS library_version`,

  alembic_version: `SELECT 'v3.2.0.a'::varchar(32) AS version_num`,

  // Optuna's names are unique, ours are not. The newest of a name has it, as on the command line; the others, and names
  // that look like theirs, say which study they are.
  studies: `
    SELECT s.serial::integer AS study_id,
           (CASE WHEN s.serial = n.newest AND s.name !~ ' \\(study \\d+\\)$' THEN s.name
                 ELSE format('%s (study %s)', s.name, s.serial) END)::varchar(512) AS study_name
      FROM public.study s
      JOIN (SELECT name, max(serial) AS newest FROM public.study GROUP BY name) n ON n.name = s.name`,

  // Optuna reads the objectives in the order that they come in.
  study_directions: `
    SELECT (s.serial * 8 + o.place - 1)::integer AS study_direction_id,
           upper(o.objective ->> 'direction')::optuna.studydirection AS direction,
           s.serial::integer AS study_id, (o.place - 1)::integer AS objective
      FROM public.study s
     CROSS JOIN LATERAL jsonb_array_elements(s.spec -> 'objectives') WITH ORDINALITY AS o(objective, place)
     ORDER BY s.serial, o.place`,

  study_user_attributes: `
    SELECT (s.serial * 8 + a.place)::integer AS study_user_attribute_id, s.serial::integer AS study_id,
           a.key::varchar(512) AS key, a.value::text AS value_json
      FROM public.study s JOIN public.dataset d ON d.id = s.dataset_id
     CROSS JOIN LATERAL (VALUES
           (0, 'id', to_jsonb(s.id)), (1, 'state', to_jsonb(s.state)),
           (2, 'dataset', jsonb_build_object('id', d.id, 'name', d.name, 'version', d.version)),
           (3, 'constraints', s.spec -> 'constraints'), (4, 'training', s.spec -> 'training'),
           (5, 'sampler', s.spec -> 'sampler'), (6, 'pruner', s.spec -> 'pruner')) AS a(place, key, value)
     WHERE a.value IS NOT NULL`,

  study_system_attributes: `
    SELECT (s.serial * 8)::integer AS study_system_attribute_id, s.serial::integer AS study_id,
           a.key::varchar(512) AS key, a.value::text AS value_json
      FROM public.study s
     CROSS JOIN LATERAL (VALUES
           ('study:metric_names', jsonb_path_query_array(s.spec, '$.objectives[*].metric'))) AS a(key, value)`,

  // A trial that waits again after a lost lease keeps what its last attempt left in the row until the next claim.
  trials: `
    SELECT t.serial::integer AS trial_id, t.number, s.serial::integer AS study_id,
           (CASE WHEN t.state = 'COMPLETE' AND NOT ${HAS_VALUES} THEN 'FAIL' ELSE t.state END)::optuna.trialstate AS state,
           CASE WHEN t.state <> 'WAITING' THEN t.started_at AT TIME ZONE 'UTC' END AS datetime_start,
           t.finished_at AT TIME ZONE 'UTC' AS datetime_complete
      ${TRIALS}`,

  trial_params: `
    SELECT (t.serial * 8 + p.place)::integer AS param_id, t.serial::integer AS trial_id,
           p.name::varchar(512) AS param_name, p.value AS param_value, p.distribution AS distribution_json
      ${TRIALS}
     CROSS JOIN LATERAL (SELECT s.spec -> 'searchSpace' AS space OFFSET 0) AS x
     CROSS JOIN LATERAL (SELECT x.space -> 'learningRate' AS rate, x.space -> 'epochs' AS epochs OFFSET 0) AS y
     CROSS JOIN LATERAL (
           SELECT y.rate || coalesce(y.rate -> 'perDepth' -> (t.params ->> 'retrainDepth'), '{}') AS rate OFFSET 0) AS z
     CROSS JOIN LATERAL (VALUES
           (0, 'architecture', ${indexOf(`t.params -> 'architecture'`, `x.space -> 'architecture'`)},
               ${categorical(`x.space -> 'architecture'`)}),
           (1, 'retrainDepth', ${indexOf(`t.params -> 'retrainDepth'`, `x.space -> 'retrainDepth'`)},
               ${categorical(`x.space -> 'retrainDepth'`)}),
           (2, 'learningRate', (t.params ->> 'learningRate')::float8, ${distributionJson('FloatDistribution', {
             step: `'null'`,
             low: `z.rate -> 'low'`,
             high: `z.rate -> 'high'`,
             log: `'true'`,
           })}),
           (3, 'epochs',
               CASE jsonb_typeof(y.epochs) WHEN 'array' THEN ${indexOf(`t.params -> 'epochs'`, 'y.epochs')}
                    ELSE (t.params ->> 'epochs')::float8 END,
               CASE jsonb_typeof(y.epochs) WHEN 'array' THEN ${categorical('y.epochs')}
                    ELSE (SELECT ${distributionJson('IntDistribution', {
                      log: `'false'`,
                      step: 'e.step',
                      low: 'e.low',
                      high: 'e.high - (e.high - e.low) % e.step',
                    })} FROM (SELECT (y.epochs -> 'low')::integer AS low, (y.epochs -> 'high')::integer AS high,
                                     coalesce((y.epochs -> 'step')::integer, 1) AS step) e) END)
           ) AS p(place, name, value, distribution)
     WHERE p.value IS NOT NULL`,

  // A PRUNED trial with one objective keeps its last report, as in Optuna; one with several has no values.
  trial_values: `
    SELECT (t.serial * 8 + o.place - 1)::integer AS trial_value_id, t.serial::integer AS trial_id,
           (o.place - 1)::integer AS objective, CASE WHEN abs(v.value) < 'Infinity' THEN v.value END AS value,
           (CASE v.value WHEN 'Infinity' THEN 'INF_POS' WHEN '-Infinity' THEN 'INF_NEG' ELSE 'FINITE' END
           )::optuna.trialvaluetype AS value_type
      ${TRIALS}
     CROSS JOIN LATERAL jsonb_array_elements(s.spec -> 'objectives') WITH ORDINALITY AS o(objective, place)
     CROSS JOIN LATERAL (SELECT ${metricOf(`o.objective ->> 'metric'`)} AS value OFFSET 0) AS v
     WHERE ${HAS_VALUES}
        OR (t.state = 'PRUNED' AND jsonb_array_length(s.spec -> 'objectives') = 1
            AND o.objective ->> 'metric' = 'accuracy' AND v.value <> 'NaN')`,

  trial_intermediate_values: `
    SELECT r.serial AS trial_intermediate_value_id, t.serial::integer AS trial_id, r.epoch AS step,
           CASE WHEN abs(r.accuracy) < 'Infinity' THEN r.accuracy END AS intermediate_value,
           (CASE r.accuracy WHEN 'Infinity' THEN 'INF_POS' WHEN '-Infinity' THEN 'INF_NEG' WHEN 'NaN' THEN 'NAN'
                            ELSE 'FINITE' END)::optuna.trialintermediatevaluetype AS intermediate_value_type
      ${TRIALS}
      JOIN public.trial_report r ON r.trial_id = t.id AND r.attempt = t.attempt
     WHERE t.state <> 'WAITING' AND s.spec -> 'objectives' @> '[{"metric": "accuracy"}]'`,

  // Metrics that are no values of the trial, and the reasons of its end.
  trial_user_attributes: `
    SELECT (t.serial * 16 + a.place)::integer AS trial_user_attribute_id, t.serial::integer AS trial_id,
           a.key::varchar(512) AS key, a.value AS value_json
      ${TRIALS}
     CROSS JOIN LATERAL (
           SELECT CASE WHEN ${HAS_VALUES} THEN jsonb_path_query_array(s.spec, '$.objectives[*].metric')
                       ELSE '[]' END AS objectives OFFSET 0) AS x
     CROSS JOIN LATERAL (VALUES
           ${metrics
             .map(([metric, column], place) => {
               const isValue = `x.objectives ? '${metric}'`;
               return `(${place}, '${metric}', CASE WHEN NOT ${isValue} THEN t.${column}::text END)`;
             })
             .join(',\n           ')},
           (6, 'attempt', CASE WHEN t.attempt > 1 THEN t.attempt::text END),
           (7, 'pruneReason', to_json(t.prune_reason)::text),
           (8, 'failReason', to_json(t.fail_reason)::text),
           (9, 'failMessage', to_json(t.fail_message)::text),
           (10, 'baseline', (t.user_attrs -> 'baseline')::text)) AS a(place, key, value)
     WHERE t.state <> 'WAITING' AND a.value IS NOT NULL`,

  // As samplers read them: all violations, or, once one is violated, the unknown ones as just met.
  trial_system_attributes: `
    SELECT (t.serial * 8)::integer AS trial_system_attribute_id, t.serial::integer AS trial_id,
           'constraints'::varchar(512) AS key,
           replace(jsonb_path_query_array(t.constraints, '$[*].violation')::text, 'null', '0') AS value_json
      ${TRIALS}
     WHERE t.state <> 'WAITING' AND t.constraints <> '[]'
       AND (t.constraints @? '$[*].violation ? (@ > 0)' OR NOT t.constraints @? '$[*].violation ? (@ == null)')`,

  // Optuna compares it with now(), in the time zone of the session: a trial is stale once its lease and Optuna's grace are
  // over. Never later than now: 3.1 counts the seconds of a negative difference as those of a day.
  trial_heartbeats: `
    SELECT (t.serial * 8)::integer AS trial_heartbeat_id, t.serial::integer AS trial_id, least(now(), t.lease_until)::timestamp AS heartbeat
      ${TRIALS}
     WHERE t.state = 'RUNNING'`,
};

/**
 * The schema `optuna`: Optuna's own tables, as read-only views of studies and trials, so that `optuna.load_study` and
 * optuna-dashboard read this database. Names, types and encodings are those of Optuna 3.2 to 5.0.
 *
 * @see optuna/storages/_rdb/models.py, 5.0.0
 */
export class CreateOptunaViews1796000000000 implements MigrationInterface {
  name = 'CreateOptunaViews1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trial_report" ADD "serial" SERIAL NOT NULL`);
    // Optuna asks for the trials of a study, and then for what belongs to 500 ids at a time.
    await runner.query(`CREATE UNIQUE INDEX "trial_optuna_id" ON "trial" (("serial"::integer))`);
    await runner.query(`CREATE SCHEMA "optuna"`);
    await runner.query(`CREATE TYPE optuna.studydirection AS ENUM ('NOT_SET', 'MINIMIZE', 'MAXIMIZE')`);
    await runner.query(`CREATE TYPE optuna.trialstate AS ENUM ('RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING')`);
    await runner.query(`CREATE TYPE optuna.trialvaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG')`);
    await runner.query(`CREATE TYPE optuna.trialintermediatevaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG', 'NAN')`);
    await runner.query(`CREATE FUNCTION optuna.refuse_write() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'Cannot write %: the schema optuna is for reading; studies are changed through the service', TG_TABLE_NAME
          USING ERRCODE = 'read_only_sql_transaction';
      END $$`);
    for (const [name, select] of Object.entries(views)) {
      await runner.query(`CREATE VIEW optuna.${name} AS ${select}`);
      await runner.query(
        `CREATE TRIGGER refuse_write INSTEAD OF INSERT OR UPDATE OR DELETE ON optuna.${name}
           FOR EACH ROW EXECUTE FUNCTION optuna.refuse_write()`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA "optuna" CASCADE`);
    await runner.query(`DROP INDEX "trial_optuna_id"`);
    await runner.query(`ALTER TABLE "trial_report" DROP COLUMN "serial"`);
  }
}
