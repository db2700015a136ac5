import { createInference, type EngineDevice, type Examples } from '#engine';
import type { Network } from '#model-zoo/networks';
import { type NamedTensor, sizeOf } from '#primitives';

/** What a range of blocks gave for every example. */
export interface BlockOutputs {
  /** [count, ...shape]. */
  readonly data: Float32Array;
  /** Of one example. */
  readonly shape: readonly number[];
}

/** Which part of a network runs, on what. */
export interface BlockRun {
  readonly network: Network;
  readonly tensors: readonly NamedTensor[];
  /** Blocks `from` … `to - 1`. */
  readonly from: number;
  readonly to: number;
  /** Of one example at block `from`. */
  readonly inputShape: readonly number[];
  /** Threads of the session. @default ONNX Runtime's own choice: one a physical core */
  readonly threads?: number;
  /** @default the processor */
  readonly device?: EngineDevice;
  /** Whether batches have one size however few examples there are, so that an example gives the same bits in any company. */
  readonly isBatchFixed?: boolean;
}

/** Seconds of a piece of work, compiling apart. */
export interface Timed<T> {
  readonly value: T;
  readonly compileSeconds: number;
  readonly seconds: number;
}

/** Outputs of several sets, and what each of them took. */
export interface TimedSets extends Timed<BlockOutputs[]> {
  readonly secondsBySet: readonly number[];
}

const batchSize = 32;

/**
 * Runs blocks in eval mode over several sets of examples: batch norm on its running statistics, dropout off, weights
 * constant. The frozen prefix goes through here; see `evaluateTail` for blocks that learn.
 *
 * @param sets Each [count, ...inputShape]; results come in the same order.
 * @param nowMs Monotonic clock.
 */
export async function runBlocks(
  { network, tensors, from, to, inputShape, threads, device, isBatchFixed }: BlockRun,
  sets: readonly Examples[],
  nowMs: () => number,
): Promise<TimedSets> {
  const size = sizeOf(inputShape);
  const most = Math.max(...sets.map((set) => set.length / size));
  const inference = await createInference({
    forward: (x, context) => network.forward(x, context, from, to),
    tensors: tensorsOf(network, tensors, from, to),
    inputShape,
    batchSize: isBatchFixed ? batchSize : Math.min(batchSize, most),
    threads,
    device,
  });
  try {
    const value: BlockOutputs[] = [];
    const secondsBySet: number[] = [];
    for (const set of sets) {
      const started = nowMs();
      value.push({ data: await inference.run(set, set.length / size), shape: inference.outputShape });
      secondsBySet.push((nowMs() - started) / 1000);
    }
    const seconds = secondsBySet.reduce((sum, next) => sum + next, 0);
    return { value, compileSeconds: inference.compileMs / 1000, seconds, secondsBySet };
  } finally {
    await inference.dispose();
  }
}

/** The tensors that blocks `from` … `to - 1` read. */
export function tensorsOf(
  network: Network,
  tensors: readonly NamedTensor[],
  from: number,
  to = network.blocks.length,
): NamedTensor[] {
  const names = new Set(network.tensors.filter(({ block }) => block >= from && block < to).map(({ name }) => name));
  return tensors.filter(({ name }) => names.has(name));
}
