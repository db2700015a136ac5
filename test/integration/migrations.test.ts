import { afterEach, expect, test } from 'vitest';
import { copyTemplateDatabase, type TestDatabase } from '#persistence/testing';
import { RecordRandomHeads1795579200000 } from '../../migrations/1795579200000-record-random-heads.js';
import { RecordLatencyDevices1795597200000 } from '../../migrations/1795597200000-record-latency-devices.js';

let database: TestDatabase;
afterEach(() => database.drop());

async function tablesOf({ dataSource }: TestDatabase): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  );
  return rows.map(({ name }) => name).filter((name) => name !== 'migrations');
}

test('migrations and entities describe one schema', async () => {
  database = await copyTemplateDatabase();
  const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
  expect(await database.dataSource.showMigrations()).toBe(false);
});

test('migrations run on an empty database, undo themselves one by one, and run again', async () => {
  database = await copyTemplateDatabase({ empty: true });
  const { dataSource } = database;
  const ran = await dataSource.runMigrations();
  const tables = await tablesOf(database);
  expect(tables).toEqual([
    'dataset',
    'export',
    'front',
    'preparation',
    'study',
    'study_event',
    'training_cost',
    'trajectory_point',
    'trial',
    'trial_report',
    'worker',
  ]);
  for (const _ of ran) await dataSource.undoLastMigration();
  expect(await tablesOf(database)).toEqual([]);
  await dataSource.runMigrations();
  expect(await tablesOf(database)).toEqual(tables);
});

test('migrations give the queue and the best trials of a study indexes in their order', async () => {
  database = await copyTemplateDatabase();
  const indexes = await database.dataSource.query<{ indexdef: string }[]>(
    `SELECT indexdef FROM pg_indexes WHERE indexname IN ('trial_queue', 'trial_best') ORDER BY indexname`,
  );
  expect(indexes.map(({ indexdef }) => indexdef.replace(/.* USING btree /, ''))).toEqual([
    `(study_id, accuracy DESC) WHERE ((state)::text = 'COMPLETE'::text)`,
    `(study_id, priority DESC, run_at, serial) WHERE ((state)::text = 'WAITING'::text)`,
  ]);
});

test('migrations leave lease_until without an index, so that a heartbeat stays a heap-only update', async () => {
  database = await copyTemplateDatabase();
  const indexes = await database.dataSource.query<{ indexdef: string }[]>(
    `SELECT indexdef FROM pg_indexes WHERE tablename IN ('trial', 'export')`,
  );
  expect(indexes.length).toBeGreaterThan(8);
  expect(indexes.filter(({ indexdef }) => indexdef.includes('lease_until'))).toEqual([]);
});

test('migrations give studies from before training.headInit the random heads they had, and leave others alone', async () => {
  database = await copyTemplateDatabase();
  const { dataSource } = database;
  await dataSource.query(
    `INSERT INTO dataset (name, path, validation_fraction, seed) VALUES ('insects', '/i', 0.2, 0)`,
  );
  for (const training of ['{"imageSize":64}', '{"imageSize":64,"headInit":"probe"}']) {
    await dataSource.query(
      `INSERT INTO study (name, dataset_id, spec, trial_limit) SELECT $1, id, $2, 1 FROM dataset`,
      [training, `{"training":${training},"seed":7}`],
    );
  }
  const runner = dataSource.createQueryRunner();
  const migration = new RecordRandomHeads1795579200000();
  const specs = async () =>
    (await runner.query('SELECT spec FROM study ORDER BY serial')).map(({ spec }: { spec: unknown }) => spec);
  try {
    await migration.up(runner);
    expect(await specs()).toEqual([
      { training: { imageSize: 64, headInit: 'random' }, seed: 7 },
      { training: { imageSize: 64, headInit: 'probe' }, seed: 7 },
    ]);
    await migration.down(runner);
    expect(await specs()).toEqual(Array(2).fill({ training: { imageSize: 64 }, seed: 7 }));
  } finally {
    await runner.release();
  }
});

test('migrations say of trials with a latency that it was measured on the device that trained them', async () => {
  database = await copyTemplateDatabase();
  const { dataSource } = database;
  await dataSource.query(
    `INSERT INTO dataset (name, path, validation_fraction, seed) VALUES ('insects', '/i', 0.2, 0)`,
  );
  await dataSource.query(
    `INSERT INTO study (name, dataset_id, spec, trial_limit) SELECT 's', id, '{}', 1 FROM dataset`,
  );
  await dataSource.query(
    `INSERT INTO trial (study_id, number, params, seed, max_attempts, state, device_class, device_name, latency_p95_ms)
     SELECT study.id, v.number, '{}', 0, 1, 'FAIL', 'cpu', 'two cores', v.ms
       FROM study, (VALUES (0, 2.5), (1, NULL)) AS v(number, ms)`,
  );
  const runner = dataSource.createQueryRunner();
  const migration = new RecordLatencyDevices1795597200000();
  try {
    await migration.down(runner);
    await migration.up(runner);
    const rows = await runner.query(
      'SELECT latency_device_class AS class, latency_device_name AS name FROM trial ORDER BY number',
    );
    expect(rows).toEqual([
      { class: 'cpu', name: 'two cores' },
      { class: null, name: null },
    ]);
  } finally {
    await runner.release();
  }
});
