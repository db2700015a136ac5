import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TrialListRequest, TrialRecord } from '#search';
import { SearchBench } from '../support/search-bench.js';

let bench: SearchBench;
beforeAll(async () => {
  bench = await SearchBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study CASCADE');
});

describe('QueryPareto.run()', () => {
  async function studyWithFour() {
    const study = await bench.createStudy({ constraints: [{ metric: 'latencyP95Ms', atMost: 40 }] });
    await bench.complete({ accuracy: 0.95, latencyP95Ms: 30, sizeBytes: 90, trainSeconds: 10 });
    await bench.complete({ accuracy: 0.8, latencyP95Ms: 10, sizeBytes: 50, trainSeconds: 10 });
    await bench.complete({ accuracy: 0.7, latencyP95Ms: 20, sizeBytes: 5, trainSeconds: 10 }); // dominated, but small
    await bench.complete({ accuracy: 0.99, latencyP95Ms: 50, sizeBytes: 90, trainSeconds: 10 }); // violates the study
    return study;
  }
  const numbers = (items: readonly { trial: TrialRecord }[]) => items.map(({ trial }) => trial.number);

  test('gives the feasible front in ranked order, with counts', async () => {
    const study = await studyWithFour();
    const answer = await bench.useCases.pareto.run(study.id);
    expect(numbers(answer.items)).toEqual([0, 1]);
    expect(answer.items.map(({ rank }) => rank)).toEqual([1, 2]);
    expect(answer).toMatchObject({ studyId: study.id, considered: 4, feasible: 3, explanation: null });
    expect(answer.items[0].trial).toMatchObject({ onFront: true, feasible: true });
  });

  test('applies bounds on objectives to the kept front, and on other metrics to all trials', async () => {
    const study = await studyWithFour();
    const { pareto } = bench.useCases;
    expect(await pareto.run(study.id, { maxLatencyMs: 20 })).toMatchObject({ considered: 4, feasible: 2 });
    expect(numbers((await pareto.run(study.id, { maxLatencyMs: 20 })).items)).toEqual([1]);
    expect(numbers((await pareto.run(study.id, { minAccuracy: 0.9 })).items)).toEqual([0]);
    const small = await pareto.run(study.id, { maxSizeBytes: 10 });
    expect(numbers(small.items)).toEqual([2]);
    expect(small.items[0].trial.onFront).toBe(false);
  });

  test('looks at all trials where an objective strives towards the bound', async () => {
    const study = await bench.createStudy({
      objectives: [
        { metric: 'accuracy', direction: 'maximize' },
        { metric: 'trainSeconds', direction: 'maximize' },
      ],
    });
    await bench.complete({ accuracy: 0.9, trainSeconds: 30 });
    await bench.complete({ accuracy: 0.8, trainSeconds: 5 }); // dominated by the other, which the bound excludes
    expect(numbers((await bench.useCases.pareto.run(study.id)).items)).toEqual([0]);
    expect(numbers((await bench.useCases.pareto.run(study.id, { maxTrainSeconds: 10 })).items)).toEqual([1]);
    expect(numbers((await bench.useCases.pareto.run(study.id, { minAccuracy: 0.85 })).items)).toEqual([0]);
  });

  test('explains an empty front by the bound that the nearest trial misses, and by how much', async () => {
    const study = await bench.createStudy();
    expect((await bench.useCases.pareto.run(study.id)).explanation).toBe('No trial has finished yet.');
    await bench.complete({ accuracy: 0.9, latencyP95Ms: 31.2 });
    await bench.complete({ accuracy: 0.85, latencyP95Ms: 25 });
    const answer = await bench.useCases.pareto.run(study.id, { maxLatencyMs: 20, minAccuracy: 0.8 });
    expect(answer).toMatchObject({ items: [], considered: 2, feasible: 0 });
    expect(answer.explanation).toBe(
      'None of the 2 finished trials meets every bound. Trial 1 comes nearest: its latencyP95Ms is 25 ms, 5 ms above the bound (at most 20 ms).',
    );
  });

  test('refuses a study that does not exist', async () => {
    const missing = bench.useCases.pareto.run('00000000-0000-4000-8000-000000000000');
    await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND', kind: 'study' });
  });
});

describe('QueryTrials.list()', () => {
  async function walk(studyId: string, request: Omit<TrialListRequest, 'limit'>, limit = 3): Promise<TrialRecord[]> {
    const seen: TrialRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await bench.useCases.trials.list(studyId, { ...request, limit, cursor });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return seen;
  }

  test.each([
    ['number', 'asc'],
    ['number', 'desc'],
    ['accuracy', 'asc'],
    ['accuracy', 'desc'],
    ['sizeBytes', 'desc'],
  ] as const)('pages by %s %s: every trial once, ties and missing values included', async (sort, order) => {
    const study = await bench.createStudy({ trials: 20 });
    for (let index = 0; index < 11; index++) {
      await bench.complete({ accuracy: 0.5 + (index % 4) / 10, sizeBytes: 1000 * (index % 3) });
    }
    for (let index = 0; index < 4; index++) await bench.claimTrial(`busy-${index}`);
    const seen = await walk(study.id, { sort, order });
    expect(seen.map(({ number }) => number).sort((a, b) => a - b)).toEqual([...Array(15).keys()]);
    const key = (trial: TrialRecord) => (sort === 'number' ? trial.number : (trial.measures[sort] ?? null));
    const sorted = [...seen].sort((a, b) => {
      const [left, right] = [key(a), key(b)];
      if (left === right) return a.number - b.number;
      if (left === null || right === null) return left === null ? 1 : -1;
      return order === 'asc' ? left - right : right - left;
    });
    expect(seen.map(({ number }) => number)).toEqual(sorted.map(({ number }) => number));
  });

  test('a page is not shifted by trials that are added while a reader pages', async () => {
    const study = await bench.createStudy({ trials: 20 });
    for (let index = 0; index < 4; index++) await bench.complete();
    const first = await bench.useCases.trials.list(study.id, { limit: 2, order: 'desc' });
    for (let index = 0; index < 3; index++) await bench.complete();
    const second = await bench.useCases.trials.list(study.id, {
      limit: 2,
      order: 'desc',
      cursor: first.nextCursor ?? undefined,
    });
    expect([...first.items, ...second.items].map(({ number }) => number)).toEqual([3, 2, 1, 0]);
  });

  test('filters by state, architecture, retrain depth and feasibility', async () => {
    const enqueue = [
      { architecture: 'alexnet', retrainDepth: 'deep', learningRate: 0.01, epochs: 1 },
      { architecture: 'resnet18', retrainDepth: 'deep', learningRate: 0.01, epochs: 1 },
      { architecture: 'resnet18', retrainDepth: 'shallow', learningRate: 0.01, epochs: 1 },
    ] as const;
    const study = await bench.createStudy({ enqueue, trials: 3, constraints: [{ metric: 'accuracy', atLeast: 0.6 }] });
    const numbers = async (request: Omit<TrialListRequest, 'limit'>) =>
      (await walk(study.id, request)).map(({ number }) => number);
    expect(await numbers({ state: 'WAITING' })).toEqual([0, 1, 2]);
    expect(await numbers({ architecture: 'resnet18' })).toEqual([1, 2]);
    expect(await numbers({ architecture: 'resnet18', retrainDepth: 'shallow' })).toEqual([2]);
    expect(await numbers({ architecture: `x' OR '1'='1` })).toEqual([]);
    const good = await bench.complete({ accuracy: 0.9 });
    const bad = await bench.complete({ accuracy: 0.5 });
    expect(await numbers({ feasible: true })).toEqual([good.number]);
    expect(await numbers({ feasible: false })).toEqual([bad.number]);
  });

  test.each(['nonsense', Buffer.from('[1]').toString('base64url'), Buffer.from('["1;--",2]').toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      const study = await bench.createStudy();
      const listing = bench.useCases.trials.list(study.id, { limit: 5, cursor });
      await expect(listing).rejects.toMatchObject({ code: 'INVALID_INPUT', problems: [{ field: 'cursor' }] });
    },
  );
});

test('ManageStudies.list() pages newest first and filters by state', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) ids.unshift((await bench.createStudy({ name: `study ${index}` })).id);
  await bench.useCases.studies.stop(ids[1]);
  const first = await bench.useCases.studies.list({ limit: 3 });
  const second = await bench.useCases.studies.list({ limit: 3, cursor: first.nextCursor ?? undefined });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
  expect(second.nextCursor).toBeNull();
  expect((await bench.useCases.studies.list({ limit: 3, state: 'STOPPED' })).items.map(({ id }) => id)).toEqual([
    ids[1],
  ]);
});
