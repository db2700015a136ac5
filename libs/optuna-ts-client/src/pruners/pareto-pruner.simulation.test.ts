import { describe, expect, test } from 'vitest';
import { hashSeed, Rng } from '#primitives';
import { toExternalRepr } from '../distributions/internal-representation.js';
import { uniformDraw } from '../samplers/uniform-draw.js';
import { type SimulatedTrial, simulatePruning } from '../testing/simulate-pruning.js';
import { type SlowStart, transferLearningSurrogate as surrogate } from '../testing/transfer-learning-surrogate.js';
import { createPruner } from './registry.js';

interface Scene {
  name: string;
  /** Standard deviation of a value; 0.025 is that of 153 validation images. */
  noise: number;
  second: 'latency' | 'cost';
  slowStart?: SlowStart;
  /** Share of the epochs that must be saved. */
  saved: number;
  /** Trials of the three fronts (12 to 37 in all) that are stopped. @default 0 */
  lost?: number;
}

/** Trials of architectures that are fast enough: the others are never trained, whatever the pruner. */
function drawTrials({ noise, second, slowStart }: Scene, seed: number): SimulatedTrial[] {
  const rng = new Rng(hashSeed(seed, 'simulated study'));
  const trials: SimulatedTrial[] = [];
  while (trials.length < 100) {
    const params = Object.fromEntries(
      Object.entries(surrogate.space).map(([name, distribution]) => [
        name,
        toExternalRepr(distribution, uniformDraw(distribution, rng)),
      ]),
    );
    const { cost, excessMs } = surrogate.evaluate(params);
    if (excessMs > 0) continue;
    const curve = Array.from(
      { length: params.epochs as number },
      (_, index) => surrogate.errorAfter(params, index + 1, slowStart) + noise * rng.normal(),
    );
    const known = second === 'cost' ? cost : excessMs;
    trials.push({
      params,
      distributions: surrogate.space,
      curve,
      values: [curve[curve.length - 1], known],
      knownValues: [undefined, known],
    });
  }
  return trials;
}

/** The four architectures and depths of 100 random trials each, four at a time, over three seeds. */
function simulate(scene: Scene, pruner: string, options: Record<string, unknown> = {}) {
  let [epochs, allEpochs, lost, front] = [0, 0, 0, 0];
  for (const seed of [0, 1, 2]) {
    const result = simulatePruning(drawTrials(scene, seed), createPruner(pruner, options), 4);
    epochs += result.epochs;
    allEpochs += result.allEpochs;
    lost += result.lost;
    front += result.front;
  }
  return { saved: 1 - epochs / allEpochs, lost, front };
}

const lateBloomers = { below: 1, idleEpochs: 3, slower: 1 };

const scenes: Scene[] = [
  { name: 'smooth curves', noise: 0, second: 'latency', saved: 0.55 },
  { name: 'noise of 0.01', noise: 0.01, second: 'latency', saved: 0.4 },
  { name: 'noise of 153 images', noise: 0.025, second: 'latency', saved: 0.3 },
  { name: 'the best trials start slowly', noise: 0, second: 'latency', slowStart: lateBloomers, saved: 0.4 },
  {
    name: 'the best trials start slowly, noise of 0.01',
    noise: 0.01,
    second: 'latency',
    slowStart: lateBloomers,
    saved: 0.4,
    lost: 1,
  },
  { name: 'error and cost, noise of 0.01', noise: 0.01, second: 'cost', saved: 0.4 },
];

describe('ParetoPruner saves epochs of a simulated study and keeps its front', () => {
  test.each(scenes)('$name', (scene) => {
    const { saved, lost, front } = simulate(scene, 'pareto');
    const { lost: lostToHalving } = simulate(scene, 'asha', { minResource: 1 });
    expect(saved).toBeGreaterThan(scene.saved);
    expect({ lost, front: front > 10 }).toEqual({ lost: scene.lost ?? 0, front: true });
    expect(lostToHalving).toBeGreaterThan(lost);
  });
});
