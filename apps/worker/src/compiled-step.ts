import type { Trainer } from '#engine';

/** What became of a trial's training step before the first epoch. */
export type CompiledStep = Pick<Trainer, 'batchSize' | 'compileMs' | 'fromCache' | 'nodesOnCpu'>;

/** One line for the log: what it took, and what is not as one would expect of the device. */
export function describeCompiledStep(step: CompiledStep, wantedBatchSize: number): string {
  const { batchSize, compileMs, fromCache, nodesOnCpu } = step;
  const parts = [`Training step ready in ${(compileMs / 1000).toFixed(1)} s`];
  if (fromCache) parts.push('optimised by an earlier trial');
  if (batchSize < wantedBatchSize) parts.push(`batch ${batchSize} in place of ${wantedBatchSize}: more does not fit`);
  if (nodesOnCpu.length > 0) {
    const list = nodesOnCpu.map(({ operator, nodes }) => `${operator} ×${nodes}`).join(', ');
    parts.push(`left to the processor: ${list}`);
  }
  return parts.join('; ');
}
