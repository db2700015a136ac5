import type { Trainer } from '#engine';

/** What became of a trial's training step before the first epoch. */
export interface CompiledStep extends Pick<Trainer, 'batchSize' | 'compileMs' | 'fromCache' | 'nodesOnCpu'> {
  /** An earlier trial of the same process left it ready. */
  readonly isKept?: boolean;
}

/** One line for the log: what it took, and what is not as one would expect of the device. */
export function describeCompiledStep(step: CompiledStep, wantedBatchSize: number): string {
  const { batchSize, compileMs, fromCache, isKept, nodesOnCpu } = step;
  const parts = [`Training step ready in ${(compileMs / 1000).toFixed(1)} s`];
  if (isKept) parts.push('kept from an earlier trial');
  else if (fromCache) parts.push('optimised by an earlier trial');
  if (batchSize < wantedBatchSize) parts.push(`batch ${batchSize} in place of ${wantedBatchSize}: more does not fit`);
  if (nodesOnCpu.length > 0) {
    const list = nodesOnCpu.map(({ operator, nodes }) => `${operator} ×${nodes}`).join(', ');
    parts.push(`left to the processor: ${list}`);
  }
  return parts.join('; ');
}
