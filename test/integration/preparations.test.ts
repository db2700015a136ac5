import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInputError } from '#primitives';
import {
  type Device,
  LeaseLostError,
  type ProbeScore,
  type ProfileClaim,
  type StudyEvent,
  type StudyRecord,
  type StudySpec,
  type TrialClaim,
  type WorkClaim,
} from '#search';
import { makeStudySpec } from '#search/testing';
import { architectureProfile, exportVerification } from '../support/fake-work.js';
import { makeCompletion, SearchBench } from '../support/search-bench.js';

const runtime = 'onnxruntime 1.0.0';
const limit = [{ metric: 'latencyP95Ms', atMost: 20 } as const];

let bench: SearchBench;
beforeAll(async () => {
  bench = await SearchBench.open();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.database.dataSource.query('TRUNCATE study, worker, preparation CASCADE');
});

function claimOn(changes: Partial<Device> = {}, workerId?: string, requestId?: string): Promise<WorkClaim | null> {
  return bench.claimOn({ runtime, ...changes }, workerId, requestId);
}

async function claimProfile(
  changes: Partial<Device> = {},
  workerId?: string,
  requestId?: string,
): Promise<ProfileClaim> {
  const claim = await claimOn(changes, workerId, requestId);
  if (claim?.kind !== 'profile') throw new Error(`Expected a profile to claim, got ${claim?.kind ?? 'nothing'}`);
  return claim;
}

async function claimTrial(changes: Partial<Device> = {}, workerId?: string): Promise<TrialClaim> {
  const claim = await claimOn(changes, workerId);
  if (claim?.kind !== 'trial') throw new Error(`Expected a trial to claim, got ${claim?.kind ?? 'nothing'}`);
  return claim;
}

/** Makes the profiles that a device is asked for: of each architecture with its latency. */
async function profileAll(latencies: Record<string, number>, changes: Partial<Device> = {}): Promise<void> {
  for (const _ of Object.keys(latencies)) {
    const { preparationId, attempt, architecture, batches } = await claimProfile(changes);
    const profile = architectureProfile(batches, latencies[architecture]);
    await bench.useCases.preparations.finish(preparationId, attempt, { state: 'COMPLETE', profile });
  }
}

async function eventsOf(study: StudyRecord): Promise<StudyEvent[]> {
  return (await bench.useCases.studies.events(study.id, 0)).map(({ event }) => event);
}

describe('a study', () => {
  test('has each architecture measured once per device before its first trial, several workers at a time', async () => {
    await bench.createStudy();
    const [first, second] = [await claimProfile({}, 'a'), await claimProfile({}, 'b')];
    expect([first, second].map(({ architecture }) => architecture)).toEqual(['alexnet', 'resnet18']);
    expect(first).toMatchObject({ classes: 2, imageSize: 64, batches: [1, 4, 16], attempt: 1, leaseSeconds: 60 });
    expect(await claimOn({}, 'c')).toBeNull();
    const { preparations } = bench.useCases;
    for (const { preparationId, batches } of [first, second]) {
      expect(await claimOn({}, 'c')).toBeNull();
      await preparations.finish(preparationId, 1, { state: 'COMPLETE', profile: architectureProfile(batches) });
    }
    expect((await claimTrial({}, 'c')).number).toBe(0);
  });

  test('gives its trials the profile of their architecture, and writes it into their rows', async () => {
    await bench.createStudy();
    await profileAll({ alexnet: 5, resnet18: 9 });
    const { trialId, parameters, profile, studyId, number } = await claimTrial();
    const p95 = (parameters.architecture === 'alexnet' ? 5 : 9) * 1.1;
    const known = {
      latencyP50Ms: p95 * 0.8,
      latencyP95Ms: p95,
      latencyBatch: 4,
      latencyRepeats: 200,
      sizeBytes: 4_000_000,
      parameterCount: 1_000_000,
    };
    const latencyDevice = { class: 'cpu', name: 'test' };
    expect(profile).toEqual({ ...known, latencyDevice });
    expect(await bench.trial(trialId)).toMatchObject({ measures: known, latencyDevice, feasible: true });
    expect((await bench.useCases.trials.show(studyId, number)).measures).toEqual(known);
  });

  test('shares profiles with every study of the same key, and with no other', async () => {
    await bench.createStudy();
    await profileAll({ alexnet: 5, resnet18: 9 });
    await bench.createStudy({ name: 'second' });
    for (let index = 0; index < 3; index++) await claimTrial();
    for (const other of [
      { name: 'other' },
      { threads: 4 },
      { runtime: 'onnxruntime 2.0.0' },
      { class: 'cuda' },
    ] as const) {
      expect(await claimProfile(other, 'worker-2')).toMatchObject({ architecture: 'alexnet' });
    }
    await bench.database.dataSource.query('TRUNCATE study CASCADE');
    const { training } = makeStudySpec({ datasetId: '' });
    await bench.createStudy({ training: { ...training, latencyBatch: 8 } });
    expect(await claimProfile()).toMatchObject({ batches: [1, 4, 8, 16] });
  });

  test('of a worker that says no runtime has its trials measure themselves', async () => {
    await bench.createStudy();
    const claim = await bench.claimTrial();
    expect(claim.profile).toBeUndefined();
    expect(await bench.trial(claim.trialId)).toMatchObject({ measures: {}, latencyDevice: null });
  });

  test('goes without a profile that could not be made, and a later study tries again', async () => {
    await bench.createStudy({
      searchSpace: { ...makeStudySpec({ datasetId: '' }).searchSpace, architecture: ['alexnet'] },
    });
    const { preparationId } = await claimProfile();
    await bench.useCases.preparations.finish(preparationId, 1, { state: 'FAIL', failReason: 'error', message: 'no' });
    expect((await claimTrial()).profile).toBeUndefined();
    await bench.createStudy({
      name: 'later',
      searchSpace: { ...makeStudySpec({ datasetId: '' }).searchSpace, architecture: ['alexnet'] },
    });
    expect(await claimProfile()).toMatchObject({ preparationId, attempt: 2 });
  });

  test('whose profiles others make leaves the worker to other studies', async () => {
    const { searchSpace } = makeStudySpec({ datasetId: '' });
    await bench.createStudy({ searchSpace: { ...searchSpace, architecture: ['alexnet'] } });
    await claimProfile({}, 'a');
    const other = await bench.createStudy({ searchSpace: { ...searchSpace, architecture: ['squeezenet1_1'] } });
    expect(await claimProfile({}, 'b')).toMatchObject({ architecture: 'squeezenet1_1' });
    expect(await claimOn({}, 'c')).toBeNull();
    expect(other.state).toBe('RUNNING');
  });
});

describe('an architecture that misses a constraint by its profile', () => {
  test('is recorded once with the measured value, takes no trial from the study, and is never trained', async () => {
    const study = await bench.createStudy({ constraints: limit, trials: 4, sampler: { name: 'tpe', options: {} } });
    await profileAll({ alexnet: 5, resnet18: 31 });
    const trained = new Set<string>();
    for (;;) {
      const claim = await claimOn();
      if (claim?.kind !== 'trial') break;
      trained.add(claim.parameters.architecture);
      await bench.useCases.runTrial.finish(claim.trialId, 1, makeCompletion({ latencyP95Ms: 5.5 }));
    }
    expect([...trained]).toEqual(['alexnet']);
    const { items } = await bench.useCases.trials.list(study.id, { limit: 50, state: 'PRUNED' });
    const [record] = items;
    expect(record).toMatchObject({
      number: 0,
      attempt: 0,
      workerId: null,
      device: null,
      latencyDevice: { class: 'cpu', name: 'test' },
      feasible: false,
      pruneReason: 'latencyP95Ms is 34.1, must be at most 20: measured before any training on cpu (test)',
      measures: { latencyP95Ms: 34.1, latencyBatch: 4, sizeBytes: 4_000_000 },
    });
    expect(items.every(({ parameters }) => parameters.architecture === 'resnet18')).toBe(true);
    const shown = await bench.useCases.studies.show(study.id);
    expect(shown).toMatchObject({ state: 'COMPLETE', progress: { finished: 5, total: 5 } });
    expect(shown.counts.COMPLETE + shown.counts.PRUNED).toBe(5);
    const finished = (await eventsOf(study)).filter((event) => event.type === 'trial.finished');
    expect(finished.filter(({ state }) => state === 'PRUNED')).toHaveLength(items.length);
    // What no worker had predicts no duration.
    expect((await bench.storage.trials.durations(study.id, 50)).every(({ state }) => state === 'COMPLETE')).toBe(true);
  });

  test('ends a study at once where there is no other', async () => {
    const study = await bench.createStudy({ constraints: limit, trials: 30 });
    await profileAll({ alexnet: 25, resnet18: 31 });
    expect(await claimOn()).toBeNull();
    expect(await claimOn()).toBeNull();
    const shown = await bench.useCases.studies.show(study.id);
    expect(shown).toMatchObject({ state: 'COMPLETE', counts: { PRUNED: 32, COMPLETE: 0 } });
  });

  test('is pruned where it was enqueued, before a worker gets it', async () => {
    const point = { retrainDepth: 'deep', learningRate: 0.01, epochs: 3 } as const;
    const enqueue = ['resnet18', 'alexnet', 'resnet18'].map((architecture) => ({ architecture, ...point }));
    const study = await bench.createStudy({ constraints: limit, trials: 3, enqueue });
    await profileAll({ alexnet: 5, resnet18: 31 });
    expect(await claimTrial()).toMatchObject({ number: 1, parameters: { architecture: 'alexnet' } });
    const { items } = await bench.useCases.trials.list(study.id, { limit: 9, state: 'PRUNED' });
    expect(items.map(({ number, measures }) => [number, measures.latencyP95Ms])).toEqual([
      [0, 34.1],
      [2, 34.1],
    ]);
  });

  test('on one of two devices is trained on the other', async () => {
    const study = await bench.createStudy({ constraints: limit, trials: 12 });
    const card = { class: 'cuda', name: 'card' } as const;
    await profileAll({ alexnet: 5, resnet18: 31 });
    await profileAll({ alexnet: 1, resnet18: 2 }, card);
    const trained: Record<string, Set<string>> = { cpu: new Set(), cuda: new Set() };
    for (let round = 0; round < 60; round++) {
      for (const device of [{}, card]) {
        const claim = await claimOn(device, 'class' in device ? 'card' : 'processor');
        if (claim?.kind !== 'trial') continue;
        trained[claim.profile?.latencyDevice.class ?? ''].add(claim.parameters.architecture);
        await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, makeCompletion(claim.profile));
      }
    }
    expect([...trained.cpu]).toEqual(['alexnet']);
    expect([...trained.cuda]).toContain('resnet18');
    const shown = await bench.useCases.studies.show(study.id);
    expect(shown).toMatchObject({ state: 'COMPLETE', counts: { COMPLETE: 12, PRUNED: 0 } });
  });

  test('waits for a living device that may meet the constraint, and no longer once that has gone', async () => {
    const { searchSpace } = makeStudySpec({ datasetId: '' });
    const space = { ...searchSpace, architecture: ['resnet18'] };
    const study = await bench.createStudy({ constraints: limit, trials: 6, searchSpace: space });
    const card = { class: 'cuda', name: 'card' } as const;
    await profileAll({ resnet18: 31 });
    await claimProfile(card, 'other');
    expect(await claimOn()).toBeNull();
    expect(await claimOn()).toBeNull();
    // One is kept ready for the one worker that may train it, and no more.
    expect((await bench.useCases.studies.show(study.id)).counts).toMatchObject({ WAITING: 1, PRUNED: 0 });
    await bench.database.dataSource.query(
      `UPDATE worker SET last_seen_at = now() - interval '1 hour' WHERE id = 'other'`,
    );
    await bench.database.dataSource.query(
      `UPDATE preparation SET lease_until = now() - interval '1 s' WHERE state = 'RUNNING'`,
    );
    expect(await claimOn()).toBeNull();
    expect(await bench.useCases.studies.show(study.id)).toMatchObject({ state: 'COMPLETE', counts: { PRUNED: 6 } });
  });
});

describe('the planner', () => {
  const probe: ProbeScore = {
    ...{ accuracy: 0.9, correct: 9, validationImages: 10, validationLoss: 0.3, logme: -0.4 },
    ...{ featureCount: 4096, featureSeconds: 2, probeSeconds: 0.1 },
  };

  /** No sampler of that name need be known: a study is stored as its spec says, past the check of its input. */
  async function createPlanned(changes: Partial<StudySpec> = {}): Promise<string> {
    const spec = makeStudySpec({ datasetId: bench.datasetId, sampler: { name: 'retune', options: {} }, ...changes });
    const weights = { alexnet: 'alexnet-drawn-v1', resnet18: 'resnet18-drawn-v1' };
    return bench.storage.studies.insert({ ...spec, training: { ...spec.training, weights } }, 0);
  }

  test('has an architecture probed after its profile, trains it while others are measured, and rules out what is too slow', async () => {
    const studyId = await createPlanned({ constraints: limit });
    await profileAll({ alexnet: 5 });
    const claim = await claimOn();
    expect(claim).toMatchObject({
      kind: 'probe',
      architecture: 'alexnet',
      weights: 'alexnet-drawn-v1',
      imageSize: 64,
      dataset: { version: 'a'.repeat(64), manifestSha256: 'b'.repeat(64), classes: ['ants', 'bees'] },
    });
    const other = await claimProfile({}, 'worker-2');
    expect(other.architecture).toBe('resnet18');
    expect(await claimOn({}, 'worker-3')).toBeNull();
    if (claim?.kind !== 'probe') throw new Error('unreachable');
    const { preparations } = bench.useCases;
    const wrong = preparations.finish(claim.preparationId, 1, { state: 'COMPLETE', profile: architectureProfile([1]) });
    await expect(wrong).rejects.toThrow(InvalidInputError);
    await preparations.finish(claim.preparationId, 1, { state: 'COMPLETE', probe });
    expect(await bench.storage.preparations.find(claim.preparationId)).toMatchObject({ state: 'COMPLETE', probe });
    expect((await claimTrial({}, 'worker-3')).parameters.architecture).toBe('alexnet');

    const profile = architectureProfile(other.batches, 31);
    await preparations.finish(other.preparationId, 1, { state: 'COMPLETE', profile });
    expect((await claimTrial({}, 'worker-2')).parameters.architecture).toBe('alexnet');
    const recorded = await bench.storage.trials.list(studyId, { limit: 10, state: 'PRUNED' });
    expect(recorded.items.map(({ parameters }) => parameters.architecture)).toEqual(['resnet18']);
  });

  test('has all measured within half of the trials, however quick these are', async () => {
    await createPlanned({ trials: 8 });
    await profileAll({ alexnet: 5 });
    const given: string[] = [];
    for (let asks = 0; asks < 8; asks++) {
      const claim = await claimOn();
      if (claim === null || claim.kind === 'export') break;
      if (claim.kind === 'trial') {
        given.push('trial');
        await bench.useCases.runTrial.finish(claim.trialId, claim.attempt, makeCompletion({ latencyP95Ms: 5 }));
        continue;
      }
      given.push(`${claim.kind} ${claim.architecture}`);
      const { preparationId, attempt } = claim;
      const made = claim.kind === 'probe' ? { probe } : { profile: architectureProfile(claim.batches, 6) };
      await bench.useCases.preparations.finish(preparationId, attempt, { state: 'COMPLETE', ...made });
    }
    expect(given[0]).toBe('probe alexnet');
    expect(given[1]).toBe('trial');
    expect(given.indexOf('profile resnet18')).toBeGreaterThan(1);
    expect(given.indexOf('profile resnet18')).toBeLessThan(4);
  });

  test('without its profile gate has nothing measured, and probes all', async () => {
    await createPlanned({ constraints: limit, sampler: { name: 'retune', options: { profileGate: false } } });
    const claims = [await claimOn({}, 'a'), await claimOn({}, 'b')];
    expect(claims.map((claim) => [claim?.kind, claim?.kind === 'probe' && claim.architecture])).toEqual([
      ['probe', 'alexnet'],
      ['probe', 'resnet18'],
    ]);
  });

  test('probes nothing of a study from scratch', async () => {
    const { searchSpace } = makeStudySpec({ datasetId: '' });
    await createPlanned({
      sampler: { name: 'retune', options: { profileGate: false } },
      searchSpace: { ...searchSpace, retrainDepth: ['scratch'] },
    });
    // There is no such sampler yet or there is: in neither case is there a probe.
    const claim = await bench.otherService({ onFailedAsk: () => {} }).claimWork.run({
      workerId: 'w',
      claimRequestId: randomUUID(),
      device: { class: 'cpu', index: 0, name: 'test', driver: null, threads: 2, memoryBytes: 1e9, runtime },
    });
    expect(claim?.kind).not.toBe('probe');
  });
});

describe('the lease of a preparation', () => {
  test('is given to exactly one of many workers that race', async () => {
    await bench.createStudy();
    const claims = await Promise.all(Array.from({ length: 12 }, (_, index) => claimOn({}, `worker-${index}`)));
    const given = claims.flatMap((claim) => (claim?.kind === 'profile' ? [claim.architecture] : []));
    expect(given.sort()).toEqual(['alexnet', 'resnet18']);
  });

  test('answers a repeated request with the same claim', async () => {
    await bench.createStudy();
    const request = randomUUID();
    const first = await claimProfile({}, 'worker-1', request);
    expect(await claimProfile({}, 'worker-1', request)).toEqual(first);
  });

  test('that ran out is given to another worker; the first can write no more', async () => {
    await bench.createStudy();
    const { preparations, reapLeases } = bench.useCases;
    const old = await claimProfile({}, 'dead');
    await preparations.heartbeat(old.preparationId, 1);
    expect(await reapLeases.run()).toMatchObject({ reapedPreparations: 0 });
    await bench.expire('preparation', old.preparationId);
    const sweeps = await Promise.all([1, 2, 3].map(() => reapLeases.run()));
    expect(sweeps.reduce((sum, { reapedPreparations }) => sum + reapedPreparations, 0)).toBe(1);
    await bench.endBackoff();
    const again = await claimProfile({}, 'alive');
    expect(again).toMatchObject({ preparationId: old.preparationId, attempt: 2 });
    const outcome = { state: 'COMPLETE', profile: architectureProfile(old.batches) } as const;
    const writes = [
      preparations.heartbeat(old.preparationId, 1),
      preparations.finish(old.preparationId, 1, outcome),
      preparations.release(old.preparationId, 1),
    ];
    for (const write of await Promise.allSettled(writes)) {
      expect(write).toMatchObject({ status: 'rejected', reason: { code: 'LEASE_LOST', attempt: 1 } });
    }
    await preparations.finish(old.preparationId, 2, outcome);
    await preparations.finish(old.preparationId, 2, outcome);
    const other = { ...outcome, profile: architectureProfile(old.batches, 6) };
    await expect(preparations.finish(old.preparationId, 2, other)).rejects.toThrow(LeaseLostError);
  });

  test('is lost three times before the preparation is FAIL; giving it back counts as none', async () => {
    await bench.createStudy({
      searchSpace: { ...makeStudySpec({ datasetId: '' }).searchSpace, architecture: ['alexnet'] },
    });
    const { preparations, reapLeases } = bench.useCases;
    const { preparationId } = await claimProfile();
    await preparations.release(preparationId, 1);
    for (let lost = 1; lost <= 3; lost++) {
      const claim = await claimProfile({}, `worker-${lost}`);
      expect(claim.attempt).toBe(lost + 1);
      await bench.expire('preparation', preparationId);
      await reapLeases.run();
      await bench.endBackoff();
    }
    expect(await bench.storage.preparations.find(preparationId)).toMatchObject({
      state: 'FAIL',
      failReason: 'poisoned',
      failMessage: 'its worker was lost 3 times; the last was worker-3',
    });
    expect((await claimTrial()).profile).toBeUndefined();
  });

  test('is refused for a profile without one of the batches it was asked for', async () => {
    await bench.createStudy();
    const { preparationId } = await claimProfile();
    const short = bench.useCases.preparations.finish(preparationId, 1, {
      state: 'COMPLETE',
      profile: architectureProfile([1, 4]),
    });
    await expect(short).rejects.toThrow('profile.latencies');
  });
});

describe('a profile', () => {
  test('is listed newest first with all its statistics, by architecture and by class or name of the device', async () => {
    await bench.createStudy();
    await profileAll({ alexnet: 5, resnet18: 9 });
    await profileAll({ alexnet: 1, resnet18: 2 }, { class: 'cuda', name: 'card' });
    const { preparations } = bench.useCases;
    const names = async (filter: object) =>
      (await preparations.listProfiles({ limit: 9, ...filter })).items.map(
        ({ key }) => `${key.architecture} ${key.device.name}`,
      );
    expect(await names({})).toEqual(['resnet18 card', 'alexnet card', 'resnet18 test', 'alexnet test']);
    expect(await names({ architecture: 'alexnet' })).toEqual(['alexnet card', 'alexnet test']);
    expect(await names({ device: 'cuda', architecture: 'resnet18' })).toEqual(['resnet18 card']);
    expect(await names({ device: 'test' })).toEqual(['resnet18 test', 'alexnet test']);
    const first = await preparations.listProfiles({ limit: 3 });
    expect(first.items).toHaveLength(3);
    const { items } = await preparations.listProfiles({ limit: 3, cursor: first.nextCursor ?? '' });
    expect(items).toMatchObject([
      { profile: architectureProfile([1, 4, 16], 5), key: { classes: 2, threads: 2, runtime } },
    ]);
  });

  test('is measured anew where a person wants it, and holds until the new one is done', async () => {
    await bench.createStudy();
    await profileAll({ alexnet: 5, resnet18: 9 });
    const { preparations } = bench.useCases;
    expect(await preparations.remeasure({ architecture: 'alexnet', device: 'gone' })).toBe(0);
    expect(await preparations.remeasure({ architecture: 'alexnet' })).toBe(1);
    expect(await preparations.remeasure({ architecture: 'alexnet' })).toBe(0);
    // Another device has nothing to do with it.
    expect(await claimOn({ name: 'other' }, 'worker-2')).toMatchObject({ kind: 'profile', attempt: 1 });
    const claim = await claimProfile();
    expect(claim).toMatchObject({ architecture: 'alexnet', attempt: 2 });
    const during = await preparations.listProfiles({ limit: 1, architecture: 'alexnet', device: 'test' });
    expect(during.items).toMatchObject([{ state: 'RUNNING', profile: architectureProfile([1, 4, 16], 5) }]);
    expect((await claimTrial({}, 'worker-3')).profile).toBeDefined();
    const profile = architectureProfile(claim.batches, 7);
    await preparations.finish(claim.preparationId, 2, { state: 'COMPLETE', profile });
    expect(await bench.storage.preparations.find(claim.preparationId)).toMatchObject({ state: 'COMPLETE', profile });
  });

  test('that a trial which measured itself disagrees with is marked, told of, and measured before the next study', async () => {
    const study = await bench.createStudy({
      searchSpace: { ...makeStudySpec({ datasetId: '' }).searchSpace, architecture: ['alexnet'] },
    });
    await profileAll({ alexnet: 10 });
    // The median of batch 4 is 8.8 ms.
    const { runTrial, preparations } = bench.useCases;
    const { trialId } = await claimTrial();
    await runTrial.profile(trialId, 1, { latencyP50Ms: 10.9, latencyP95Ms: 90, latencyBatch: 4 });
    const state = async () => (await preparations.listProfiles({ limit: 1 })).items[0];
    expect(await state()).toMatchObject({ drift: null });
    await runTrial.profile(trialId, 1, { latencyP50Ms: 11.1, latencyP95Ms: 12, latencyBatch: 4 });
    const drift = { batch: 4, measuredMs: 11.1 };
    expect(await state()).toMatchObject({ state: 'COMPLETE', drift });
    const told = (await eventsOf(study)).filter(({ type }) => type === 'profile.drifted');
    expect(told).toEqual([
      {
        type: 'profile.drifted',
        architecture: 'alexnet',
        device: { class: 'cpu', name: 'test' },
        ...drift,
        recordedMs: 8.8,
      },
    ]);
    expect((await claimTrial()).profile?.latencyP50Ms).toBe(8.8);
    await bench.createStudy({
      name: 'next',
      searchSpace: { ...makeStudySpec({ datasetId: '' }).searchSpace, architecture: ['alexnet'] },
    });
    await bench.useCases.studies.stop(study.id);
    const claim = await claimProfile();
    expect(await claimOn({}, 'worker-2')).toBeNull();
    await preparations.finish(claim.preparationId, 2, {
      state: 'COMPLETE',
      profile: architectureProfile(claim.batches, 14),
    });
    expect(await state()).toMatchObject({ state: 'COMPLETE', drift: null });
    expect((await claimTrial()).profile?.latencyP50Ms).toBeCloseTo(12.32, 9);
  });

  test.each(['READY', 'FAILED'] as const)('that a %s export measures otherwise is marked', async (state) => {
    const study = await bench.createStudy({
      searchSpace: { ...makeStudySpec({ datasetId: '' }).searchSpace, architecture: ['alexnet'] },
    });
    await profileAll({ alexnet: 10 });
    const { trialId, number } = await claimTrial();
    await bench.useCases.runTrial.finish(trialId, 1, makeCompletion({ latencyP95Ms: 11 }));
    const { id } = await bench.useCases.exports.create(study.id, { trialNumber: number });
    expect(await claimOn()).toMatchObject({ kind: 'export', exportId: id });
    const verification = exportVerification({ latencyP50Ms: 30 });
    const files = [{ name: 'model.onnx', sha256: 'a'.repeat(64), bytes: 1 }];
    const zip = { sha256: 'b'.repeat(64), bytes: 1 };
    await bench.useCases.exports.finish(
      id,
      1,
      state === 'READY' ? { state, verification, files, zip } : { state, message: 'slower', verification },
    );
    const [{ drift }] = (await bench.useCases.preparations.listProfiles({ limit: 1 })).items;
    expect(drift).toMatchObject({ batch: 4, recordedMs: 8.8, measuredMs: 30 });
    expect((await eventsOf(study)).at(-1)).toMatchObject({ type: 'profile.drifted', measuredMs: 30 });
  });
});
