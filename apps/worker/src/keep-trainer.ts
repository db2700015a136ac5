import { createTrainer, type EngineDevice, type Trainer, type TrainerOptions, type TrainingPlan } from '#engine';
import type { Clock } from '#primitives';
import type { CompiledStep } from './compiled-step.js';
import type { StartedNetwork } from './start-network.js';
import type { WarmCache } from './warm-cache.js';

/** A trainer, and what became of it before the first epoch. */
export interface KeptTrainer {
  readonly trainer: Trainer;
  readonly step: CompiledStep;
}

/**
 * A trainer for a plan: one that an earlier trial of the process compiled for the same step, begun again, or a new one.
 * Both train to the same bytes. It belongs to `warm`, which disposes it.
 *
 * @param cut First trained block; with the network it decides the plan's forward function and what is trainable.
 */
export async function keepTrainer(
  { network }: StartedNetwork,
  cut: number,
  plan: TrainingPlan,
  options: TrainerOptions,
  { warm, clock }: { readonly warm: WarmCache; readonly clock: Clock },
): Promise<KeptTrainer> {
  const { inputShape, batchSize, momentum, weightDecay, threads, device } = plan;
  const shape = { cut, inputShape, batchSize, momentum, weightDecay, memoryBytes: options.memoryBytes };
  let isNew = false;
  const began = clock.monotonicMs();
  const trainer = await warm.get([...sessionKey('trainer', network), shape, threads, device], async () => {
    isNew = true;
    await clearDevice(device, warm);
    const value = await createTrainer(plan, options);
    return { value, bytes: value.memoryBytes, dispose: () => value.dispose() };
  });
  if (!isNew) trainer.restart({ tensors: plan.tensors, slots: plan.slots, seed: plan.seed });
  const { compileMs, fromCache, nodesOnCpu } = trainer;
  const told = isNew ? { compileMs, fromCache } : { compileMs: clock.monotonicMs() - began, fromCache: true };
  return { trainer, step: { batchSize: trainer.batchSize, nodesOnCpu, isKept: !isNew, ...told } };
}

/** Beginning of the key of everything that is compiled for a network. */
export function sessionKey(
  kind: 'trainer' | 'inference',
  { architecture, classes, imageSize }: StartedNetwork['network'],
): unknown[] {
  return [kind, architecture, classes, imageSize];
}

/**
 * A device with a memory of its own is given to one plan at a time: what others hold there would lower the batch that
 * fits, and so change what a trial computes.
 */
export async function clearDevice(device: EngineDevice | undefined, warm: WarmCache): Promise<void> {
  if (device === undefined || device.provider === 'cpu') return;
  for (const kind of ['trainer', 'inference']) await warm.makeRoom(Number.POSITIVE_INFINITY, kind);
}
