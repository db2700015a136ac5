import { architectureNames } from '#model-zoo';
import { makeEpochReport } from '#search/testing';
import { makeCompletion, SearchBench } from '../../../support/search-bench.js';
import { type MeasuredStep, measureStep } from './measured-step.js';

/** Trials of a study over the whole zoo: a hundred a network. */
const trialsPerNetwork = 100;
const epochs = 20;

/** What the rows of a study over the whole zoo take in Postgres, and what reading them costs a claim and a page. */
export async function measureTables(): Promise<MeasuredStep[]> {
  const bench = await SearchBench.open();
  try {
    const study = await bench.createStudy({ searchSpace: zooSpace, trials: 100_000 });
    const { trialId, attempt } = await bench.claimTrial();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      await bench.useCases.runTrial.report(trialId, attempt, makeEpochReport(epoch, 0.4 + epoch / 100));
    }
    await bench.useCases.runTrial.finish(trialId, attempt, makeCompletion());
    const trials = trialsPerNetwork * architectureNames.length;
    const before = await tableBytes(bench);
    const copied = await measureStep(
      `tables: ${trials} trials of ${architectureNames.length} networks, ${epochs} epochs each (copied by Postgres)`,
      () => copyTrials(bench, trialId, trials - 1),
    );
    const diskBytes = (await tableBytes(bench)) - before;
    const history = await measureStep('tables: history of the study (a claim where nothing is kept)', () =>
      bench.storage.trials.history(study.id),
    );
    const curves = await measureStep('tables: history with whole curves', () =>
      bench.storage.trials.withCurves(study.id),
    );
    const front = await measureStep('tables: front under a bound (GET /pareto)', () =>
      bench.useCases.pareto.run(study.id, { maxSizeBytes: 1e9 }),
    );
    if (history.result.length !== trials) throw new Error(`${history.result.length} of ${trials} trials were read`);
    const note = `${Math.round(diskBytes / trials)} bytes a trial`;
    return [{ ...copied.row, heldBytes: null, diskBytes, note }, history.row, curves.row, front.row];
  } finally {
    await bench.close();
  }
}

/** The bench knows three networks; the rows that are copied name all. */
const zooSpace = {
  architecture: ['alexnet', 'resnet18', 'squeezenet1_1'],
  retrainDepth: ['shallow', 'deep', 'scratch'] as const,
  learningRate: { low: 0.0001, high: 0.1 },
  epochs: { low: 1, high: epochs, step: 1 },
};

/** Whatever columns there are: the copies differ in key, number, network and accuracy. */
async function copyTrials({ database }: SearchBench, trialId: string, copies: number): Promise<void> {
  await database.dataSource.query(
    `INSERT INTO trial
       SELECT copy.* FROM trial t
        CROSS JOIN generate_series(1, $2::int) AS n
        CROSS JOIN LATERAL jsonb_populate_record(t, jsonb_build_object(
          'id', gen_random_uuid(),
          'serial', nextval(pg_get_serial_sequence('trial', 'serial')),
          'number', n,
          'accuracy', 0.5 + 0.4 * random(),
          'params', t.params || jsonb_build_object('architecture', ($3::text[])[1 + n % $4::int])
        )) AS copy
       WHERE t.id = $1`,
    [trialId, copies, architectureNames, architectureNames.length],
  );
  await database.dataSource.query(
    `INSERT INTO trial_report
       SELECT copy.* FROM trial t
         JOIN trial_report r ON r.trial_id = $1
        CROSS JOIN LATERAL jsonb_populate_record(r, jsonb_build_object('trial_id', t.id)) AS copy
       WHERE t.id <> $1`,
    [trialId],
  );
}

/** Rows and indexes. */
async function tableBytes({ database }: SearchBench): Promise<number> {
  const [{ bytes }] = await database.dataSource.query(
    `SELECT (pg_total_relation_size('trial') + pg_total_relation_size('trial_report'))::text AS bytes`,
  );
  return Number(bytes);
}
