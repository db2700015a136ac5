import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ours, runOurs } from './our-side.js';
import { prepareScene, type StudyScene } from './study-scene.js';

let scene: StudyScene;
const { signal } = new AbortController();

beforeAll(async () => {
  const pictures = { train: 32, validation: 16 };
  scene = await prepareScene({ seconds: 60, pictures, architectures: ['squeezenet1_1'], withWeights: false });
});
afterAll(() => rmSync(scene.folder, { recursive: true, force: true }));

test('prepareScene() is the demo but for samplers, pruners, enqueued trials and the third objective', () => {
  const { searchSpace, training, constraints, ...rest } = scene.spec;
  expect(Object.keys(rest).sort()).toEqual(['name', 'objectives', 'timeoutSeconds', 'trials']);
  expect(rest.objectives?.map(({ metric }) => metric)).toEqual(['accuracy', 'latencyP95Ms']);
  expect(searchSpace).toMatchObject({ architecture: ['squeezenet1_1'], epochs: { low: 1, high: 4 } });
  expect([training.imageSize, training.latencyBatch, constraints.length]).toEqual([64, 4, 2]);
});

test('runOurs() is a study in a service of its own, with what its trials reached and when', async () => {
  // A busy machine breaks a bound on the latency.
  const searchSpace = { ...scene.spec.searchSpace, retrainDepth: ['shallow' as const] };
  const one = { ...scene, spec: { ...scene.spec, searchSpace, constraints: [], trials: 1 } };
  const run = await runOurs(ours({ sampler: 'random', pruner: 'none' }), 3, one, signal);
  expect([run.side, run.seed]).toEqual(['ours', 3]);
  const [first] = run.trials;
  expect(first).toMatchObject({ state: 'COMPLETE', accuracy: expect.any(Number), latencyMs: expect.any(Number) });
  expect(first.trialSeconds).toBeGreaterThan(0);
  expect(first.second).toBeGreaterThanOrEqual(first.trialSeconds);
  expect(run.seconds).toBeGreaterThanOrEqual(first.second - 0.001);
});
