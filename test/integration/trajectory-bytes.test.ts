import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { ContinueResponse, EpochReport, TrajectoryPoint, TrialClaim, Verdict } from '#api-contract';
import { systemClock } from '#primitives';
import { runTrial, type TrialResult } from '../../apps/worker/src/run-trial.js';
import type { ContinueAsk } from '../../apps/worker/src/trajectory.js';
import { makeTrialScene, profileOnRecord, type TrialScene } from '../support/trial-scene.js';

let scene: TrialScene;
beforeAll(async () => {
  scene = await makeTrialScene({ train: 10, validation: 8 });
});

type Completed = Extract<TrialResult, { state: 'COMPLETE' }>;
type Point = NonNullable<ContinueResponse['from']>;

const go: Verdict = { action: 'continue', reason: null };

/** What a service keeps of the trials that ran here, by trajectory. */
class Kept {
  readonly asks: ContinueAsk[] = [];
  readonly points = new Map<string, Point[]>();

  from(ask: ContinueAsk, epochs: number): Point | null {
    this.asks.push(ask);
    const points = (this.points.get(ask.trajectory) ?? []).filter(({ epoch }) => epoch !== ask.unusable?.epoch);
    this.points.set(ask.trajectory, points);
    return points.filter(({ epoch }) => epoch <= epochs).sort((a, b) => b.epoch - a.epoch)[0] ?? null;
  }

  add(reports: readonly EpochReport[], point: Completed['point']): void {
    const trajectory = this.asks.at(-1)?.trajectory as string;
    if (!point) return;
    const { length: epoch } = reports;
    this.points.set(trajectory, [...(this.points.get(trajectory) ?? []), { epoch, reports: [...reports], ...point }]);
  }
}

interface Ran {
  readonly result: TrialResult;
  /** Copied ones, then its own. */
  readonly reports: EpochReport[];
  readonly trained: number;
  /** What reports brought, by epoch. */
  readonly points: ReadonlyMap<number, TrajectoryPoint>;
}

/** A trial of two steps an epoch; two examples are left over. */
function claimOf(parameters: Partial<TrialClaim['parameters']>): TrialClaim {
  const claim = scene.claim({ architecture: 'squeezenet1_1', ...parameters });
  return { ...claim, training: { ...claim.training, batchSize: 4 }, profile: profileOnRecord };
}

/** Runs a trial that shares epochs with those before it in `kept`. */
async function run(
  claim: TrialClaim,
  kept: Kept,
  decide: (report: EpochReport) => Verdict = () => go,
  store = scene.store as Pick<TrialScene['store'], 'get' | 'put'>,
  secondsBetweenPoints = 60,
): Promise<Ran> {
  let reports: EpochReport[] = [];
  let trained = 0;
  const points = new Map<number, TrajectoryPoint>();
  const result = await runTrial(claim, {
    clock: systemClock,
    store,
    cacheFolder: scene.cacheFolder,
    threads: 2,
    weightsFolder: scene.weightsFolder,
    profile: async () => go,
    continueFrom: async (ask) => {
      const from = kept.from(ask, claim.parameters.epochs);
      reports = [...(from?.reports ?? [])];
      return from;
    },
    secondsBetweenPoints,
    report: async (report, point) => {
      reports.push(report);
      if (point) {
        points.set(report.epoch, point);
        kept.add(reports, point);
      }
      trained++;
      return decide(report);
    },
    measured: () => {},
  });
  if (result.state !== 'FAIL') kept.add(reports, result.point);
  return { result, reports, trained, points };
}

function completed({ result }: Ran): Completed {
  if (result.state !== 'COMPLETE') throw new Error(`The trial ended as ${JSON.stringify(result)}`);
  return result;
}

function curve({ reports }: Ran) {
  return reports.map(({ epoch, trainLoss, validationLoss, accuracy }) => ({
    epoch,
    trainLoss,
    validationLoss,
    accuracy,
  }));
}

/** Everything of a result that must not depend on how the training was cut into trials. */
function bytesOf(ran: Ran) {
  const { checkpoint, initialStateSha256, weights, point, measures } = completed(ran);
  const { accuracy, correct, validationImages, validationLoss, trainBatchSize } = measures;
  const counts = { accuracy, correct, validationImages, validationLoss, trainBatchSize };
  return { checkpoint, initialStateSha256, weights, slots: point?.slots, ...counts, curve: curve(ran) };
}

test.each([
  ['squeezenet1_1', 'shallow'],
  ['squeezenet1_1', 'partial'],
  ['squeezenet1_1', 'deep'],
  ['squeezenet1_1', 'scratch'],
] as const)('runTrial() %s %s: 2 + 3 epochs in two trials equal 5 in one, byte for byte', async (...space) => {
  const [architecture, retrainDepth] = space;
  const claim = (epochs: number) => claimOf({ architecture, retrainDepth, epochs, learningRate: 0.003 });
  const kept = new Kept();
  const first = await run(claim(2), kept);
  const rest = await run(claim(5), kept);
  const whole = await run(claim(5), new Kept());
  expect([first.trained, rest.trained, whole.trained]).toEqual([2, 3, 5]);
  expect(bytesOf(rest)).toEqual(bytesOf(whole));
  expect(curve(first)).toEqual(curve(whole).slice(0, 2));
});

test('runTrial() with batch norm: 1 + 1 epochs equal 2, running statistics included, byte for byte', async () => {
  const claim = (epochs: number) => claimOf({ architecture: 'resnet18', retrainDepth: 'partial', epochs });
  const kept = new Kept();
  await run(claim(1), kept);
  const rest = await run(claim(2), kept);
  expect(rest.trained).toBe(1);
  expect(bytesOf(rest)).toEqual(bytesOf(await run(claim(2), new Kept())));
});

test('runTrial() with warm-up and steps: 2 + 3 epochs equal 5, and other schedules are other trainings', async () => {
  const claim = (epochs: number, schedule: TrialClaim['training']['schedule']): TrialClaim => {
    const plain = claimOf({ epochs });
    return { ...plain, training: { ...plain.training, schedule } };
  };
  const checkpoints = new Set<string>();
  for (const schedule of [
    { kind: 'constant' } as const,
    { kind: 'warmup', epochs: 3 } as const,
    { kind: 'steps', at: [1, 3], factor: 0.1 } as { kind: 'steps'; at: number[]; factor: number },
  ]) {
    const kept = new Kept();
    await run(claim(2, schedule), kept);
    const rest = await run(claim(5, schedule), kept);
    const whole = await run(claim(5, schedule), new Kept());
    expect(bytesOf(rest)).toEqual(bytesOf(whole));
    checkpoints.add(completed(whole).checkpoint.sha256);
  }
  expect(checkpoints.size).toBe(3);
});

test.each([
  ['shallow', 'fp32'],
  ['partial', 'fp16'],
  ['deep', 'fp32'],
] as const)(
  'runTrial() %s with two views of each picture, features as %s: 2 + 3 epochs equal 5, and are no training without views',
  async (retrainDepth, featureDtype) => {
    const claim = (epochs: number, views: number): TrialClaim => {
      const plain = scene.claim({ architecture: 'squeezenet1_1', retrainDepth, epochs, learningRate: 0.003 });
      const augmentation = { views, flip: true, shift: 0.1 };
      return { ...plain, training: { ...plain.training, augmentation, featureDtype } };
    };
    const kept = new Kept();
    const first = await run(claim(2, 2), kept);
    const rest = await run(claim(5, 2), kept);
    const whole = await run(claim(5, 2), new Kept());
    expect([first.trained, rest.trained, whole.trained]).toEqual([2, 3, 5]);
    expect(bytesOf(rest)).toEqual(bytesOf(whole));
    const other = await run(claim(5, 1), kept);
    expect(other.trained).toBe(5);
    // The first epoch sees the pictures as they are.
    expect(curve(other)[0]).toEqual(curve(whole)[0]);
    expect(curve(other)[1]).not.toEqual(curve(whole)[1]);
  },
);

test('runTrial() takes views, their seed and halves for another training, and what changes nothing for the same', async () => {
  const keyOf = async (training: Partial<TrialClaim['training']>, retrainDepth: 'shallow' | 'scratch' = 'shallow') => {
    const kept = new Kept();
    const claim = scene.claim({ architecture: 'squeezenet1_1', retrainDepth });
    const asked = new Error('asked');
    const store = {
      ...scene.store,
      get: (sha256: string) => scene.store.get(sha256),
      put: () => Promise.reject(asked),
    };
    await run({ ...claim, training: { ...claim.training, ...training } }, kept, () => go, store).catch((error) => {
      expect(error).toBe(asked);
    });
    return kept.asks[0]?.trajectory;
  };
  const augmentation = { views: 2, flip: true, shift: 0.1 };
  const plain = await keyOf({});
  const others = [
    await keyOf({ augmentation }),
    await keyOf({ augmentation: { ...augmentation, views: 3 } }),
    await keyOf({ augmentation: { ...augmentation, shift: 0.2 } }),
    await keyOf({ augmentation, seed: 1 }),
    await keyOf({ featureDtype: 'fp16' }),
  ];
  expect(new Set([plain, ...others]).size).toBe(6);
  expect(await keyOf({ augmentation: { ...augmentation, views: 1 } })).toBe(plain);
  // No features are read.
  expect(await keyOf({ featureDtype: 'fp16' }, 'scratch')).toBe(await keyOf({}, 'scratch'));
});

test('runTrial() answers epochs that are on record without decoding a picture or training', async () => {
  const claim = claimOf({ retrainDepth: 'partial', epochs: 2 });
  const kept = new Kept();
  const first = await run(claim, kept);
  const read: string[] = [];
  const store = {
    put: () => Promise.reject(new Error('nothing is to be written')),
    get: (sha256: string) => {
      read.push(sha256);
      return scene.store.get(sha256);
    },
  };
  const again = await run(claim, kept, () => go, store);
  expect(again.trained).toBe(0);
  expect(read).toEqual([claim.dataset.manifestSha256, completed(first).checkpoint.sha256]);
  const { slots: _, ...bytes } = bytesOf(first);
  expect(bytesOf(again)).toEqual({ ...bytes, slots: undefined });
  const { trainSeconds, evaluationSeconds } = completed(first).measures;
  expect(completed(again).measures).toMatchObject({
    trainSeconds,
    evaluationSeconds,
    computedSeconds: 0,
    decodeSeconds: 0,
  });
});

test('runTrial() counts the seconds of the whole training, and apart from them its own', async () => {
  const claim = (epochs: number) => claimOf({ epochs, learningRate: 0.004 });
  const kept = new Kept();
  const first = completed(await run(claim(2), kept)).measures;
  const rest = await run(claim(3), kept);
  const { measures } = completed(rest);
  const own = rest.reports[2] as EpochReport;
  expect(measures.trainSeconds).toBeCloseTo(first.trainSeconds + own.trainSeconds, 9);
  expect(measures.evaluationSeconds).toBeCloseTo(first.evaluationSeconds + own.evaluationSeconds, 9);
  expect(measures.computedSeconds).toBeGreaterThanOrEqual(own.trainSeconds + own.evaluationSeconds);
  // Frozen features come from the cache: reading them is all that it did besides.
  expect(measures.computedSeconds).toBeLessThan(measures.trainSeconds + measures.evaluationSeconds + 1);
});

test('runTrial() neither asks nor gives where nothing is to be shared', async () => {
  const claim = claimOf({ epochs: 1 });
  const kept = new Kept();
  const { result } = await run({ ...claim, reuse: { features: true, trajectories: false } }, kept);
  expect(kept.asks).toEqual([]);
  expect(result).not.toHaveProperty('point');
  const shared = completed(await run(claim, kept));
  expect(shared.checkpoint).toEqual(completed({ result, reports: [], trained: 0, points: new Map() }).checkpoint);
});

test('runTrial() leaves a point where it is pruned, and a longer trial goes on from it', async () => {
  const claim = claimOf({ epochs: 4, learningRate: 0.005 });
  const kept = new Kept();
  const pruned = await run(claim, kept, ({ epoch }) => (epoch === 2 ? { action: 'prune', reason: 'below' } : go));
  expect(pruned.result).toMatchObject({ state: 'PRUNED', point: { measures: { validationImages: 8 } } });
  const rest = await run(claim, kept);
  expect(rest.trained).toBe(2);
  expect(bytesOf(rest)).toEqual(bytesOf(await run(claim, new Kept())));
});

test('runTrial() leaves points on its way, from which another attempt goes on to the same bytes', async () => {
  const claim = claimOf({ epochs: 4, learningRate: 0.0055 });
  const kept = new Kept();
  const died = new Error('the worker is gone');
  const lost = run(
    claim,
    kept,
    ({ epoch }) => {
      if (epoch === 3) throw died;
      return go;
    },
    scene.store,
    0,
  );
  await expect(lost).rejects.toThrow(died);
  const again = await run({ ...claim, attempt: 2 }, kept);
  expect(again.trained).toBeLessThan(4);
  expect(bytesOf(again)).toEqual(bytesOf(await run(claim, new Kept())));
  // None by the clock of a short trial.
  expect((await run({ ...claim, seed: 99 }, new Kept())).points.size).toBe(0);
});

test.each(['deleted', 'damaged'] as const)(
  'runTrial() falls back to the point before where the momentum is %s, and says so',
  async (how) => {
    const learningRate = how === 'deleted' ? 0.006 : 0.007;
    const claim = (epochs: number) => claimOf({ epochs, learningRate });
    const kept = new Kept();
    await run(claim(1), kept);
    const second = completed(await run(claim(2), kept));
    const path = scene.store.path(second.point?.slots.sha256 as string);
    await (how === 'deleted' ? rm(path) : writeFile(path, 'damaged'));
    const rest = await run(claim(4), kept);
    expect(rest.trained).toBe(3);
    expect(kept.asks.at(-1)?.unusable).toMatchObject({ epoch: 2, reason: expect.stringMatching(/artifact/i) });
    expect(bytesOf(rest)).toEqual(bytesOf(await run(claim(4), new Kept())));
  },
);

test('runTrial() begins anew where no point is left', async () => {
  const claim = (epochs: number) => claimOf({ epochs, learningRate: 0.008 });
  const kept = new Kept();
  const first = completed(await run(claim(1), kept));
  await rm(scene.store.path(first.checkpoint.sha256));
  const rest = await run(claim(2), kept);
  expect(rest.trained).toBe(2);
  expect(rest.reports.map(({ epoch }) => epoch)).toEqual([1, 2]);
});

test('runTrial() does not take an error of the disk for a damaged point', async () => {
  const claim = (epochs: number) => claimOf({ epochs, learningRate: 0.009 });
  const kept = new Kept();
  const { checkpoint } = completed(await run(claim(1), kept));
  const broken = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  const store = {
    put: scene.store.put.bind(scene.store),
    get: (sha256: string) => (sha256 === checkpoint.sha256 ? Promise.reject(broken) : scene.store.get(sha256)),
  };
  await expect(run(claim(2), kept, () => go, store)).rejects.toThrow('EIO');
  expect(kept.asks.at(-1)?.unusable).toBeUndefined();
});

test('runTrial() on other threads or another dataset version is another training', async () => {
  const claim = claimOf({ epochs: 1 });
  const asked: string[] = [];
  const ask = async (threads: number, of: TrialClaim) => {
    await runTrial(of, {
      ...{ clock: systemClock, store: scene.store, cacheFolder: mkdtempSync(join(tmpdir(), 'retune-traj-')), threads },
      weightsFolder: scene.weightsFolder,
      profile: async () => go,
      continueFrom: async ({ trajectory }) => {
        asked.push(trajectory);
        throw new Error('far enough');
      },
      report: async () => go,
      measured: () => {},
    }).catch((error: Error) => expect(error.message).toBe('far enough'));
  };
  await ask(2, claim);
  await ask(2, { ...claim, attempt: 2, trialId: '33333333-3333-4333-8333-333333333333', number: 9 });
  await ask(1, claim);
  await ask(2, { ...claim, dataset: { ...claim.dataset, version: 'f'.repeat(64) } });
  await ask(2, { ...claim, parameters: { ...claim.parameters, epochs: 50 } });
  expect(asked[1]).toBe(asked[0]);
  expect(asked[4]).toBe(asked[0]);
  expect(new Set(asked).size).toBe(3);
});
