import { compileInference, type Inference, measureLatency } from '#engine';
import { buildNetwork, initialTensors } from '#model-zoo/networks';
import type { StudyScene } from './study-scene.js';

const rounds = 20;
const callsPerRound = 20;

/**
 * What a batch takes in our runtime by architecture, ms: the median call of the least disturbed of twenty rounds in turn, as
 * percentiles further up tell of the other work of the machine. Whatever a network is trained to, this is what it costs.
 */
export async function measureLatencies({ spec, threads }: StudyScene, classes: number): Promise<Map<string, number>> {
  const { imageSize, latencyBatch } = spec.training;
  const inferences: [string, Inference][] = [];
  for (const architecture of spec.searchSpace.architecture) {
    const network = buildNetwork(architecture, { classes, imageSize });
    const inference = await compileInference({
      forward: (x, context) => network.forward(x, context),
      tensors: initialTensors(network, 0),
      inputShape: [imageSize, imageSize, 3],
      batchSize: latencyBatch,
      threads,
    });
    inferences.push([architecture, inference]);
  }
  const measured = new Map<string, number[]>(inferences.map(([architecture]) => [architecture, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [architecture, inference] of inferences) {
      measured.get(architecture)?.push((await measureLatency(inference, { repeats: callsPerRound })).p50Ms);
    }
  }
  for (const [, inference] of inferences) await inference.dispose();
  return new Map([...measured].map(([architecture, values]) => [architecture, Math.min(...values)]));
}
