import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NotFoundError } from '#primitives';
import { categoricalDistribution } from '../distributions/categorical-distribution.js';
import { floatDistribution } from '../distributions/float-distribution.js';
import { DuplicatedStudyError } from '../errors.js';
import type { Storage, TrialResult } from '../storage.js';

/** A storage of one test, and how to be rid of it. */
export interface StorageUnderTest {
  readonly storage: Storage;
  readonly close?: () => Promise<void>;
}

/** What every storage must do. Call at the top level of a test file. */
export function describeStorage(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let tested: StorageUnderTest;
    let storage: Storage;
    beforeEach(async () => {
      tested = await open();
      storage = tested.storage;
      await storage.createStudy({ name: 's', directions: ['minimize', 'maximize'], userAttrs: { owner: 'team' } });
    });
    afterEach(() => tested.close?.());

    test('createStudy() keeps the study and refuses a second one of the name', async () => {
      expect(await storage.getStudy('s')).toEqual({
        name: 's',
        directions: ['minimize', 'maximize'],
        userAttrs: { owner: 'team' },
      });
      await expect(storage.createStudy({ name: 's', directions: ['minimize'], userAttrs: {} })).rejects.toThrow(
        DuplicatedStudyError,
      );
      await storage.createStudy({ name: 'a', directions: ['minimize'], userAttrs: {} });
      expect((await storage.listStudies()).map((study) => study.name)).toEqual(['a', 's']);
    });

    test('deleteStudy() removes the trials too; what does not exist is a NotFoundError', async () => {
      await storage.createTrial('s', { state: 'RUNNING' });
      await storage.deleteStudy('s');
      await expect(storage.getStudy('s')).rejects.toThrow(NotFoundError);
      await expect(storage.getTrials('s')).rejects.toThrow(NotFoundError);
      await expect(storage.deleteStudy('s')).rejects.toThrow(NotFoundError);
      await expect(storage.createTrial('s', { state: 'WAITING' })).rejects.toThrow(NotFoundError);
      await storage.createStudy({ name: 's', directions: ['minimize'], userAttrs: {} });
      expect(await storage.getTrials('s')).toEqual([]);
      await expect(storage.getTrial('s', 0)).rejects.toThrow(NotFoundError);
    });

    test('createTrial() numbers trials 0, 1, 2 … without gaps, also when called at the same time', async () => {
      const made = await Promise.all(Array.from({ length: 12 }, () => storage.createTrial('s', { state: 'RUNNING' })));
      expect(made.map((trial) => trial.number).sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
      expect((await storage.getTrials('s')).map((trial) => trial.number)).toEqual([...Array(12).keys()]);
    });

    test('createTrial() stores parameters with their internal numbers', async () => {
      const distributions = { depth: categoricalDistribution(['shallow', null]), rate: floatDistribution(0, 1) };
      await storage.createTrial('s', {
        state: 'WAITING',
        params: { depth: null, rate: 0.1 },
        distributions,
        userAttrs: { a: [1] },
      });
      expect(await storage.getTrial('s', 0)).toMatchObject({
        number: 0,
        state: 'WAITING',
        attempt: 0,
        params: { depth: null, rate: 0.1 },
        internalParams: { depth: 1, rate: 0.1 },
        distributions,
        userAttrs: { a: [1] },
        values: null,
        constraints: null,
        datetimeStart: null,
      });
    });

    test('claimWaiting() gives each waiting trial to one caller, lowest number first', async () => {
      for (let i = 0; i < 3; i++) await storage.createTrial('s', { state: 'WAITING' });
      const first = await storage.claimWaiting('s');
      expect(first).toMatchObject({ number: 0, state: 'RUNNING', attempt: 1 });
      expect(first?.datetimeStart).toBeInstanceOf(Date);
      const others = await Promise.all([1, 2, 3, 4].map(() => storage.claimWaiting('s')));
      expect(others.flatMap((trial) => trial?.number ?? []).sort()).toEqual([1, 2]);
    });

    test('updateTrial() adds to a running trial and leaves earlier readings alone', async () => {
      const before = await storage.createTrial('s', { state: 'RUNNING' });
      const rate = floatDistribution(0, 1);
      await storage.updateTrial('s', before, { params: { rate: 0.5 }, distributions: { rate } });
      await storage.updateTrial('s', before, { intermediateValue: { step: 2, value: Number.NaN } });
      await storage.updateTrial('s', before, { intermediateValue: { step: 1, value: Number.NEGATIVE_INFINITY } });
      await storage.updateTrial('s', before, { intermediateValue: { step: 1, value: 0.25 } });
      await storage.updateTrial('s', before, { constraints: [-1, 0.5], userAttrs: { a: 1 }, systemAttrs: { b: null } });
      const after = await storage.getTrial('s', 0);
      expect(after).toMatchObject({ params: { rate: 0.5 }, internalParams: { rate: 0.5 }, distributions: { rate } });
      expect(new Map(after.intermediateValues)).toEqual(
        new Map([
          [2, Number.NaN],
          [1, 0.25],
        ]),
      );
      expect(after).toMatchObject({ constraints: [-1, 0.5], userAttrs: { a: 1 }, systemAttrs: { b: null } });
      expect(before).toMatchObject({ params: {}, constraints: null, userAttrs: {} });
      expect(before.intermediateValues.size).toBe(0);
    });

    test.each([
      { state: 'COMPLETE', values: [1.5, Number.POSITIVE_INFINITY], constraints: [0] },
      { state: 'PRUNED', values: null },
      { state: 'FAIL', values: null },
    ] satisfies TrialResult[])('finishTrial() ends a trial once: $state', async (result) => {
      const trial = await storage.createTrial('s', { state: 'RUNNING' });
      expect(await storage.finishTrial('s', trial, result)).toBe(true);
      const finished = await storage.getTrial('s', 0);
      expect(finished).toMatchObject({ ...result, attempt: 1 });
      expect(finished.datetimeComplete).toBeInstanceOf(Date);
      expect(await storage.finishTrial('s', trial, { state: 'COMPLETE', values: [0, 0] })).toBe(false);
      expect(await storage.updateTrial('s', trial, { userAttrs: { late: true } })).toBe(false);
      expect(await storage.releaseTrial('s', trial)).toBe(false);
      expect(await storage.getTrial('s', 0)).toEqual(finished);
      expect((await storage.getTrials('s', [result.state])).length).toBe(1);
      expect(await storage.getTrials('s', ['WAITING', 'RUNNING'])).toEqual([]);
    });

    test('releaseTrial() queues the same trial again and shuts its first attempt out', async () => {
      const rate = floatDistribution(0, 1);
      const first = await storage.createTrial('s', {
        state: 'RUNNING',
        params: { rate: 0.5 },
        distributions: { rate },
      });
      await storage.updateTrial('s', first, { intermediateValue: { step: 0, value: 1 }, constraints: [1] });
      expect(await storage.releaseTrial('s', first)).toBe(true);
      expect(await storage.getTrial('s', 0)).toMatchObject({ state: 'WAITING', attempt: 1, constraints: null });
      const second = await storage.claimWaiting('s');
      expect(second).toMatchObject({ number: 0, attempt: 2, params: { rate: 0.5 } });
      expect(second?.intermediateValues.size).toBe(0);
      expect(await storage.updateTrial('s', first, { userAttrs: { stale: true } })).toBe(false);
      expect(await storage.finishTrial('s', first, { state: 'COMPLETE', values: [1, 1] })).toBe(false);
      expect(await storage.finishTrial('s', second!, { state: 'COMPLETE', values: [2, 2] })).toBe(true);
      expect(await storage.getTrial('s', 0)).toMatchObject({ values: [2, 2], userAttrs: {} });
    });
  });
}
