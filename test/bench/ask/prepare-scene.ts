import { RandomSampler, samplerContext } from '#optuna-ts-client';
import { directions, type PreparedScene, type Scene, space, spareTrials } from './scene.js';

/** Random trials, with an error that falls and a cost that rises with the epochs and the architecture's number. */
export function prepareScene(scene: Scene): PreparedScene {
  const sampler = new RandomSampler();
  const prepared = { params: [] as number[][], values: [] as number[][], constraints: [] as number[] };
  for (let trialNumber = 0; trialNumber < scene.trials + spareTrials; trialNumber++) {
    const context = samplerContext({ seed: 1, trialNumber, directions });
    const internal = Object.entries(space).map(([name, distribution]) =>
      sampler.sampleIndependent(context, [], name, distribution),
    );
    const [architecture, depth, learningRate, epochs] = internal;
    const error =
      0.2 - 0.01 * (architecture + depth) + 0.03 * (Math.log10(learningRate) + 3) ** 2 + 0.3 * Math.exp(-epochs / 8);
    prepared.params.push(internal);
    prepared.values.push(scene.objectives === 1 ? [error] : [error, epochs * (1 + architecture) * (1 + depth)]);
    prepared.constraints.push(architecture - 5.5);
  }
  return { ...scene, ...prepared };
}
