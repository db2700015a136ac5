import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ours, runOurs } from './our-side.js';
import { prepareScene, type StudyScene } from './study-scene.js';

let scene: StudyScene;
const { signal } = new AbortController();

beforeAll(async () => {
  scene = await prepareScene({ seconds: 60, pictures: { train: 32, validation: 16 }, withWeights: false });
});
afterAll(() => rmSync(scene.folder, { recursive: true, force: true }));

test('prepareScene() is the demo but for samplers, pruners, enqueued trials and the third objective', () => {
  const { searchSpace, training, constraints, ...rest } = scene.spec;
  expect(Object.keys(rest).sort()).toEqual(['name', 'objectives', 'timeoutSeconds', 'trials']);
  expect(rest.objectives?.map(({ metric }) => metric)).toEqual(['accuracy', 'latencyP95Ms']);
  expect(searchSpace.architecture).toEqual(['alexnet', 'squeezenet1_1', 'resnet18']);
  expect([training.imageSize, training.latencyBatch, constraints.length]).toEqual([64, 4, 2]);
});

test('runOurs() is a study in a service of its own, with what its trials reached and when', async () => {
  // A busy machine breaks a bound on the latency.
  const one = { ...scene, spec: { ...scene.spec, constraints: [], trials: 1 } };
  const run = await runOurs(ours({ sampler: 'random', pruner: 'none' }), 3, one, signal);
  expect([run.side, run.seed]).toEqual(['ours', 3]);
  const [first] = run.trials;
  expect(first).toMatchObject({ state: 'COMPLETE', accuracy: expect.any(Number), latencyMs: expect.any(Number) });
  expect(first.trialSeconds).toBeGreaterThan(0);
  expect(first.second).toBeGreaterThanOrEqual(first.trialSeconds);
  expect(run.seconds).toBeGreaterThanOrEqual(first.second - 0.001);
});
