import { createInference, type EngineDevice, type Examples } from '#engine';
import { type Clock, type NamedTensor, type Shape, sizeOf } from '#primitives';
import { clearDevice, sessionKey } from './keep-trainer.js';
import { type Timed, tensorsOf } from './run-blocks.js';
import type { StartedNetwork } from './start-network.js';
import type { WarmCache } from './warm-cache.js';

/** The trained blocks of a network. */
export interface Tail {
  readonly started: StartedNetwork;
  /** First of them. */
  readonly cut: number;
  /** Of one example at the cut. */
  readonly inputShape: Shape;
}

/** What an evaluation needs of the world. */
export interface EvaluationTools {
  readonly clock: Clock;
  readonly warm: WarmCache;
  readonly threads: number;
  /** @default the processor */
  readonly device?: EngineDevice;
}

/** Bytes of examples in a batch: what reads the weights once should be large, what it computes should fit the memory. */
const batchBytes = 8 * 2 ** 20;
const smallestBatch = 32;
const largestBatch = 256;

/**
 * Logits of the trained blocks in eval mode. The inference is compiled once and reads the weights as they are now:
 * compiling it for the weights of every epoch took longer than running it (ResNet-18's last stage, 153 pictures of 64 px:
 * 0.6 s compiled anew, 0.14 s like this).
 *
 * @param tensors All that the blocks read, tfjs layout; not copied. @param examples [n, ...inputShape].
 * @returns [n, classes]
 */
export async function evaluateTail(
  tail: Tail,
  tensors: readonly NamedTensor[],
  examples: Examples,
  { clock, warm, threads, device }: EvaluationTools,
): Promise<Timed<Float32Array>> {
  const { started, cut, inputShape } = tail;
  const { network } = started;
  const count = examples.length / sizeOf(inputShape);
  const batchSize = evaluationBatch(count, inputShape);
  const began = clock.monotonicMs();
  const key = [...sessionKey('inference', network), { cut, inputShape, batchSize }, threads, device];
  const inference = await warm.get(key, async () => {
    await clearDevice(device, warm);
    const value = await createInference({
      forward: (x, context) => network.forward(x, context, cut),
      tensors: tensorsOf(network, tensors, cut),
      replaceable: true,
      inputShape,
      batchSize,
      threads,
      device,
    });
    return { value, bytes: value.memoryBytes, dispose: () => value.dispose() };
  });
  inference.replace(tensors);
  const ready = clock.monotonicMs();
  const value = await inference.run(examples, count);
  return { value, compileSeconds: (ready - began) / 1000, seconds: (clock.monotonicMs() - ready) / 1000 };
}

/** Batches of equal size, as few as may be. */
export function evaluationBatch(count: number, inputShape: Shape): number {
  const fits = Math.floor(batchBytes / (4 * sizeOf(inputShape)));
  const most = Math.min(largestBatch, Math.max(smallestBatch, fits));
  return Math.ceil(count / Math.ceil(count / most));
}
