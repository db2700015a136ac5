import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CreateStudyInput, claim, paretoFront, study, type TrialClaim } from '#api-contract';
import { distributionToJson, type FrozenTrial } from '#optuna-ts-client';
import { createDataSource } from '#persistence';
import { type MetricName, metricNames, type StudyRecord, type TrialRecord } from '#search';
import { toFrozenTrials } from '#search/testing';
import { claimRequest, reportOf, trialMeasures } from '../support/fake-work.js';
import { findOptunaPythons, optunaUrl, runOptuna } from '../support/optuna-python.js';
import { studyInput } from '../support/study-input.js';
import { TestApi } from '../support/test-api.js';
import { makeTrialScene } from '../support/trial-scene.js';
import { until } from '../support/until.js';

/** A trial as read-optuna.py prints it; what is not finite is text. */
interface OptunaTrial {
  readonly number: number;
  readonly state: string;
  readonly values: readonly (number | string)[] | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly distributions: Readonly<Record<string, unknown>>;
  readonly intermediateValues: readonly (readonly [number, number | string])[];
  readonly constraints: readonly number[] | null;
  readonly userAttrs: Readonly<Record<string, unknown>>;
  readonly datetimeStart: number | null;
  readonly datetimeComplete: number | null;
}

interface OptunaStudy {
  readonly name: string;
  readonly directions: readonly string[];
  readonly summaryDirections: readonly string[];
  readonly userAttrs: Readonly<Record<string, unknown>>;
  readonly metricNames: readonly string[];
  readonly trialCount: number;
  readonly trials: readonly OptunaTrial[];
  readonly completeTrials: readonly number[];
  readonly bestTrials: readonly number[];
  readonly bestTrial: number | null;
  readonly staleTrials: readonly number[];
}

const reader = `optuna_reader_${randomUUID().replaceAll('-', '')}`;
const pythons = findOptunaPythons();
let api: TestApi;
let single: string;
let fastest: string;
/** The study that the worker ran. */
let main: string;

beforeAll(async () => {
  api = await TestApi.start({ reapSeconds: 3600, leaseSeconds: 3600 });
  const scene = await makeTrialScene({ train: 16, validation: 8 });
  writeFileSync(join(scene.dataFolder, 'worker-token'), api.api.workerToken);
  const classes = scene.manifest.classes.map((name) => ({ name, train: 8, validation: 4, test: 0 }));
  const { version, manifestSha256 } = scene.claim({}).dataset;
  const { id } = await api.readyDataset('insects', { version, manifestSha256, classes });
  single = await runSingle(id);
  fastest = await runFastest(id);
  main = await runMain(id, scene.dataFolder);
  await query(`CREATE ROLE ${reader} LOGIN`);
  await query(`GRANT USAGE ON SCHEMA optuna TO ${reader}`);
  await query(`GRANT SELECT ON ALL TABLES IN SCHEMA optuna TO ${reader}`);
});

afterAll(async () => {
  await query(`DROP OWNED BY ${reader}`);
  await query(`DROP ROLE ${reader}`);
  await api.stop();
});

function query<Row>(statement: string, parameters: unknown[] = []): Promise<Row[]> {
  return api.database.dataSource.query(statement, parameters);
}

async function createStudy(datasetId: string, changes: Partial<CreateStudyInput>): Promise<string> {
  const input = studyInput(datasetId, { training: { imageSize: 32 }, ...changes });
  return (await api.ok(study, 'POST', '/v1/studies', input)).id;
}

async function claimTrial(): Promise<TrialClaim> {
  return (await api.ok(claim, 'POST', '/v1/worker/claim', claimRequest('one'), 200)) as TrialClaim;
}

async function claimTrials(count: number): Promise<TrialClaim[]> {
  const claims: TrialClaim[] = [];
  while (claims.length < count) claims.push(await claimTrial());
  return claims;
}

async function post({ trialId, attempt }: TrialClaim, verb: string, body: object): Promise<void> {
  const answer = await api.call(
    'POST',
    `/v1/worker/trials/${trialId}/${verb}`,
    { attempt, ...body },
    api.workerHeaders,
  );
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
}

async function report(held: TrialClaim, ...accuracies: number[]): Promise<void> {
  for (const [index, accuracy] of accuracies.entries()) {
    await post(held, 'report', { report: reportOf(index + 1, accuracy) });
  }
}

function complete(held: TrialClaim, accuracy: number, latencyP95Ms: number, sizeBytes = 1000): Promise<void> {
  return post(held, 'finish', {
    state: 'COMPLETE',
    measures: trialMeasures({ accuracy, correct: Math.round(accuracy * 20), latencyP95Ms, sizeBytes }),
    checkpoint: { sha256: 'c'.repeat(64), bytes: 1000 },
    initialStateSha256: 'd'.repeat(64),
    weights: null,
  });
}

const prune = (held: TrialClaim, reason: string) => post(held, 'finish', { state: 'PRUNED', reason, measures: {} });

/** One objective, so that pruned trials keep their last report; epochs from a list. */
async function runSingle(datasetId: string): Promise<string> {
  const { searchSpace } = studyInput(datasetId);
  const id = await createStudy(datasetId, {
    searchSpace: { ...searchSpace, epochs: [5, 1, 3] },
    objectives: [{ metric: 'accuracy', direction: 'maximize' }],
    constraints: [],
    trials: 5,
  });
  const [worse, pruned, unknown, better, unreported] = await claimTrials(5);
  await complete(worse, 0.6, 12);
  await complete(better, 0.8, 14);
  for (const held of [pruned, unknown]) {
    await report(held, 0.5, 0.4);
    await prune(held, 'below the median');
  }
  await prune(unreported, 'below the median');
  await query(`UPDATE trial_report SET accuracy = 'NaN' WHERE trial_id = $1 AND epoch = 2`, [unknown.trialId]);
  await query(`UPDATE trial SET accuracy = 'NaN' WHERE id = $1`, [unknown.trialId]);
  return id;
}

/** Named as Optuna would see an earlier study of the name; accuracy is no objective, so there are no curves. */
async function runFastest(datasetId: string): Promise<string> {
  const { searchSpace } = studyInput(datasetId);
  const id = await createStudy(datasetId, {
    name: 'insects (study 1)',
    searchSpace: { ...searchSpace, epochs: { low: 1, high: 6, step: 2 } },
    objectives: [{ metric: 'latencyP95Ms', direction: 'minimize' }],
    trials: 2,
  });
  const [done, pruned] = await claimTrials(2);
  await complete(done, 0.6, 12);
  await report(pruned, 0.5);
  await prune(pruned, 'below the median');
  return id;
}

/** Every state and every kind of number, around two trials that a real worker trains. */
async function runMain(datasetId: string, dataFolder: string): Promise<string> {
  const id = await createStudy(datasetId, {
    searchSpace: { ...studyInput(datasetId).searchSpace, architecture: ['resnet18', 'squeezenet1_1'] },
    constraints: [
      { metric: 'latencyP95Ms', atMost: 10_000 },
      { metric: 'sizeBytes', atMost: 100_000_000 },
      { metric: 'accuracy', atLeast: 0 },
    ],
    trials: 13,
  });
  const held = await claimTrials(11);
  await runWorker(dataFolder, 2);
  const [infeasible, infinite, notANumber, negative, curve, slow, unknown, failed, retried, waiting, live] = held;
  await complete(infeasible, 1, 0.001, 200_000_000);
  for (const [index, beaten] of [infinite, notANumber, negative].entries()) await complete(beaten, 0, 9990 + index);
  await post(curve, 'profile', {
    measures: { latencyP50Ms: 40, latencyP95Ms: 50, sizeBytes: 1e6, parameterCount: 10 },
  });
  await report(curve, 0.25, 0.5, 0.75, 0.125);
  await prune(curve, 'accuracy 0.125 at epoch 4 is below the median 0.5 of 3 comparable trials');
  await post(slow, 'profile', { measures: { latencyP95Ms: 20_000, sizeBytes: 1e6 } });
  await prune(slow, 'latencyP95Ms is 20000, must be at most 10000');
  await post(unknown, 'profile', { measures: { latencyP95Ms: 50 } });
  await prune(unknown, 'stopped by hand');
  await report(failed, 0.5);
  const message = 'the loss is "NaN"\nafter 1 epoch: naïve 学習率 \\ 0.1';
  await post(failed, 'finish', { state: 'FAIL', failReason: 'diverged', message, measures: {} });
  await report(retried, 0.3, 0.4);
  await post(retried, 'release', {});
  const again = await claimTrial();
  expect(again).toMatchObject({ trialId: retried.trialId, attempt: 2 });
  await report(again, 0.2);
  await report(live, 0.6);
  await report(waiting, 0.5);
  await post(waiting, 'profile', { measures: { latencyP95Ms: 20_000, sizeBytes: 1e6 } });
  await post(waiting, 'release', {});
  // What cannot come over HTTP.
  await query(`UPDATE trial SET latency_p95_ms = 'Infinity' WHERE id = $1`, [infinite.trialId]);
  await query(`UPDATE trial SET accuracy = 'NaN' WHERE id = $1`, [notANumber.trialId]);
  await query(`UPDATE trial SET accuracy = '-Infinity' WHERE id = $1`, [negative.trialId]);
  await query(`UPDATE trial SET lease_until = now() - interval '1 hour' WHERE id = $1`, [retried.trialId]);
  await query(
    `UPDATE trial_report SET accuracy = (ARRAY['NaN', 'Infinity', '-Infinity'])[epoch]::float8
      WHERE trial_id = $1 AND epoch < 4`,
    [curve.trialId],
  );
  return id;
}

/** Lets a worker process train what is left to claim. */
async function runWorker(dataFolder: string, trials: number): Promise<void> {
  const args = ['run', '--api', api.api.url, '--data', dataFolder, '--name', 'real', '--devices', 'cpu'];
  const worker = spawn(process.execPath, [resolve('dist/apps/worker/src/main.js'), ...args]);
  let output = '';
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exit = once(worker, 'exit');
  await until(() => (output.match(/Trial .*: completed after/g) ?? []).length >= trials || worker.exitCode !== null);
  worker.kill('SIGTERM');
  expect((await exit)[0], output).toBe(0);
}

/** A number as JSON of Python's holds it. */
function plain(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** What Optuna must find of one of our trials. */
async function expectedTrial(objectives: readonly MetricName[], frozen: FrozenTrial, record: TrialRecord) {
  const { number, attempt, measures, pruneReason, failReason, failMessage } = record;
  const waits = record.state === 'WAITING';
  const values = frozen.values?.some(Number.isNaN) ? null : frozen.values;
  // Optuna refuses a NaN: the trial is FAIL.
  const state = record.state === 'COMPLETE' && values === null ? 'FAIL' : record.state;
  const curve = waits || !objectives.includes('accuracy') ? [] : await api.storage.trials.curve(record.id);
  const shown = metricNames.filter((name) => state !== 'COMPLETE' || !objectives.includes(name));
  const attrs = {
    ...Object.fromEntries(shown.map((name) => [name, measures[name] === undefined ? null : plain(measures[name])])),
    ...{ attempt: attempt > 1 ? attempt : null, pruneReason, failReason, failMessage },
  };
  return {
    number,
    state,
    values: values?.map(plain) ?? null,
    params: frozen.params,
    distributions: Object.fromEntries(
      Object.entries(frozen.distributions).map(([name, it]) => [name, JSON.parse(distributionToJson(it))]),
    ),
    intermediateValues: curve.map(({ epoch, accuracy }) => [epoch, plain(accuracy)]),
    constraints: waits || frozen.constraints?.length === 0 ? null : frozen.constraints,
    userAttrs: waits ? {} : Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null)),
    datetimeStart: waits ? null : (record.startedAt?.getTime() ?? null),
    datetimeComplete: record.finishedAt?.getTime() ?? null,
  };
}

async function expectedTrials(id: string) {
  const { spec } = (await api.storage.studies.find(id)) as StudyRecord;
  const { items } = await api.storage.trials.list(id, { limit: 100 });
  const frozen = toFrozenTrials(spec, await api.storage.trials.history(id));
  const objectives = spec.objectives.map(({ metric }) => metric);
  return Promise.all(items.map((record, index) => expectedTrial(objectives, frozen[index] as FrozenTrial, record)));
}

test('the schema optuna has the states and values that Optuna can hold', async () => {
  const trials = await expectedTrials(main);
  expect(trials.map(({ state }) => state).join(' ')).toBe(
    'COMPLETE COMPLETE FAIL COMPLETE PRUNED PRUNED PRUNED FAIL RUNNING WAITING RUNNING COMPLETE COMPLETE',
  );
  const rows = await query(
    `SELECT t.state::text, (SELECT jsonb_agg(coalesce(v.value::text, v.value_type::text) ORDER BY v.objective)
                              FROM optuna.trial_values v WHERE v.trial_id = t.trial_id) AS values
       FROM optuna.trials t JOIN optuna.studies s USING (study_id) WHERE s.study_name = 'insects' ORDER BY t.number`,
  );
  const names: Record<string, string> = { Infinity: 'INF_POS', '-Infinity': 'INF_NEG' };
  expect(rows).toEqual(
    trials.map(({ state, values }) => ({
      state,
      values: values?.map((value) => names[value] ?? String(value)) ?? null,
    })),
  );
});

describe.skipIf(pythons.length === 0).each(pythons)('Optuna $version', (python) => {
  let studies: OptunaStudy[];
  let written: string[][];
  beforeAll(async () => {
    const before = await everything();
    const owner = optunaUrl(api.database.connection);
    const read = optunaUrl({ ...api.database.connection, user: reader });
    const answer = JSON.parse(await runOptuna(python, read, owner));
    expect(answer.version).toBe(python.version);
    ({ studies, written } = answer as { studies: OptunaStudy[]; written: string[][] });
    expect(await everything()).toEqual(before);
  });

  /** Every row that Optuna could have changed. */
  async function everything(): Promise<unknown> {
    return query(`SELECT to_jsonb(s) AS study, (SELECT jsonb_agg(t ORDER BY t.number) FROM trial t WHERE t.study_id = s.id)
                    FROM study s ORDER BY s.serial`);
  }

  test('finds every study, the newest under its name and the others with their number', () => {
    expect(studies.map(({ name, trialCount }) => [name, trialCount])).toEqual([
      ['insects (study 1)', 5],
      ['insects (study 1) (study 2)', 2],
      ['insects', 13],
    ]);
  });

  test('reads every field of every trial as it is here', async () => {
    for (const [index, id] of [single, fastest, main].entries()) {
      expect(studies[index]?.trials).toEqual(await expectedTrials(id));
    }
  });

  test('reads directions, metric names and what the study is', async () => {
    for (const [index, id] of [single, fastest, main].entries()) {
      const { spec, state } = (await api.storage.studies.find(id)) as StudyRecord;
      const directions = spec.objectives.map(({ direction }) => direction);
      const { constraints, training, sampler, pruner, datasetId } = spec;
      expect(studies[index]).toMatchObject({
        ...{ directions, summaryDirections: directions, metricNames: spec.objectives.map(({ metric }) => metric) },
        userAttrs: { id, state, constraints, training, sampler, pruner, dataset: { id: datasetId, name: 'insects' } },
      });
    }
  });

  test('finds the same best trials, of 3.1 without regard to constraints', async () => {
    const best = async (id: string) => {
      const { items } = await api.ok(paretoFront, 'GET', `/v1/studies/${id}/pareto`);
      return items.map((item) => item.trial.number).sort((a, b) => a - b);
    };
    const [one, two, three] = studies;
    expect([one?.bestTrials, one?.bestTrial]).toEqual([await best(single), (await best(single))[0]]);
    expect([two?.bestTrials, two?.bestTrial]).toEqual([[0], 0]);
    expect(three?.completeTrials).toEqual([0, 1, 3, 11, 12]);
    const front = await best(main);
    expect(front.length).toBeGreaterThan(0);
    // The infeasible trial beats every other one.
    expect(three?.bestTrials).toEqual(python.version.startsWith('3.1.') ? [0] : front);
  });

  test('takes a running trial for stale from the end of its lease', () => {
    expect(studies.map(({ staleTrials }) => staleTrials)).toEqual([[], [], [8]]);
  });

  test('changes nothing, neither as a reader nor as the owner of the database', () => {
    expect(written).toEqual([[], []]);
  });

  test('would have made tables with the columns, types and enums that the views have', async () => {
    const schema = `optuna_${python.version.replaceAll('.', '_')}`;
    await query(`CREATE SCHEMA ${schema}`);
    await runOptuna(python, '--create', optunaUrl(api.database.connection, schema));
    const own = await columnsOf(schema);
    expect(own.length).toBeGreaterThan(40);
    expect(await columnsOf('optuna')).toEqual(own);
  });
});

/** Columns of tables and views, and labels of enums. */
async function columnsOf(schema: string): Promise<unknown[]> {
  return query(
    `SELECT c.relname, a.attname, regexp_replace(format_type(a.atttypid, a.atttypmod), '^.*\\.', '') AS type
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'v')
      UNION ALL
     SELECT t.typname, e.enumlabel, e.enumsortorder::text
       FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = $1::regnamespace
      ORDER BY 1, 2, 3`,
    [schema],
  );
}

test('a role that may read the schema optuna reads all of it, and nothing else', async () => {
  const source = await createDataSource({
    connection: { ...api.database.connection, user: reader },
    poolSize: 1,
  }).initialize();
  try {
    const views = await query<{ name: string }>(`SELECT viewname AS name FROM pg_views WHERE schemaname = 'optuna'`);
    expect(views).toHaveLength(13);
    for (const { name } of views) {
      const [{ rows }] = await source.query(`SELECT count(*)::int AS rows FROM optuna.${name}`);
      expect(rows, name).toBeGreaterThan(0);
      await expect(source.query(`DELETE FROM optuna.${name}`), name).rejects.toThrow('permission denied');
    }
    await expect(source.query('SELECT FROM trial')).rejects.toThrow('permission denied for table trial');
  } finally {
    await source.destroy();
  }
});

test.each([
  `INSERT INTO optuna.studies (study_name) VALUES ('mine')`,
  'INSERT INTO optuna.alembic_version VALUES (1)',
  `UPDATE optuna.trials SET state = 'FAIL'`,
  'DELETE FROM optuna.studies',
  'DELETE FROM optuna.trial_params',
])('the schema optuna refuses %s, with the way that leads further', async (statement) => {
  await expect(query(statement)).rejects.toThrow(
    /^Cannot write \w+: the schema optuna is for reading; studies are changed through the service$/,
  );
});

test('the schema optuna shows learning rates by retrain depth, and leaves out a choice that the study does not have', async () => {
  const { spec } = (await api.storage.studies.find(single)) as StudyRecord;
  const { learningRate } = spec.searchSpace;
  const changed = {
    ...spec.searchSpace,
    learningRate: { ...learningRate, perDepth: { scratch: { low: 0.002, high: 0.05 } } },
  };
  await query(`UPDATE study SET spec = $2 WHERE id = $1`, [single, JSON.stringify({ ...spec, searchSpace: changed })]);
  await query(
    `UPDATE trial SET params = params || CASE number WHEN 0 THEN '{"architecture": "lenet"}'::jsonb
                                                       ELSE '{"retrainDepth": "deep"}' END
      WHERE study_id = $1 AND number < 2`,
    [single],
  );
  const rows = await query<{ params: Record<string, unknown> }>(
    `SELECT jsonb_object_agg(p.param_name, p.distribution_json::jsonb -> 'attributes') AS params
       FROM optuna.trial_params p JOIN optuna.trials t USING (trial_id) WHERE t.study_id = 1 AND t.number < 3
      GROUP BY t.number ORDER BY t.number`,
  );
  const rates = { step: null, log: true };
  expect(rows.map(({ params }) => [Object.keys(params).sort().join(), params.learningRate])).toEqual([
    ['epochs,learningRate,retrainDepth', { ...rates, low: 0.002, high: 0.05 }],
    ['architecture,epochs,learningRate', { ...rates, ...learningRate }],
    ['architecture,epochs,learningRate,retrainDepth', { ...rates, low: 0.002, high: 0.05 }],
  ]);
});
