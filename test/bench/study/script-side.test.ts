import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScript } from './script-side.js';
import { findStudyPython } from './study-python.js';
import { prepareScene, type StudyScene } from './study-scene.js';

const { program, problem } = await findStudyPython();
if (problem !== undefined) process.stderr.write(`skipped: needs a Python with optuna and torchvision: ${problem}\n`);

let scene: StudyScene;

beforeAll(async () => {
  const pictures = { train: 32, validation: 16 };
  const prepared = await prepareScene({ seconds: 0.2, pictures, architectures: ['squeezenet1_1'], withWeights: true });
  scene = { ...prepared, threads: 1 }; // several wait for each other where other tests run
});
afterAll(() => rmSync(scene.folder, { recursive: true, force: true }));

test.skipIf(program === undefined).each(['constrained', 'pruned'] as const)(
  'runScript() searches as the setting %s',
  async (setting) => {
    const run = await runScript(program ?? '', setting, 2, scene);
    expect([run.side, run.seed]).toEqual([`script ${setting}`, 2]);
    expect(run.trials.length).toBeGreaterThan(0);
    for (const { state, architecture, retrainDepth, learningRate, epochs, accuracy, latencyMs } of run.trials) {
      expect(architecture).toBe('squeezenet1_1');
      expect(['shallow', 'deep', 'scratch']).toContain(retrainDepth);
      expect(learningRate >= 0.0002 && learningRate <= 0.02 && epochs >= 1 && epochs <= 4).toBe(true);
      if (state !== 'COMPLETE') continue;
      expect((accuracy ?? -1) * 16).toBeCloseTo(Math.round((accuracy ?? -1) * 16));
      expect(latencyMs).toBeGreaterThan(0);
    }
    const seconds = run.trials.map(({ second }) => second);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  },
);

test('runScript() says what the script complained of', async () => {
  await expect(runScript('/nonexistent/python', 'default', 0, scene)).rejects.toThrow('ENOENT');
});

test('findStudyPython() says why a given program cannot be used', async () => {
  const found = await findStudyPython('/nonexistent/python');
  expect(found.problem).toMatch(/^\/nonexistent\/python: .*ENOENT/);
});
