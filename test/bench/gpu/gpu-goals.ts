import type { Goal } from '../side/goal.js';
import type { GpuRow } from './gpu-row.js';

const leastTraining = 0.25;
const leastShallow = 10;

/** Training on WebGPU and cached shallow trials, beside PyTorch's fp32; a row without a number does not meet its goal. */
export function gpuGoals(rows: readonly GpuRow[]): Goal[] {
  return rows.flatMap(({ kind, network, size, batch, device, ratio }) => {
    if (kind === 'inference') return [];
    const goal = kind === 'training' ? leastTraining : leastShallow;
    const title = kind === 'training' ? 'training' : 'cached shallow trials';
    const name = `${title} on ${device}: engine / torch fp32, ${network} ${size} px, batch ${batch}`;
    return [{ name, value: ratio, goal, sense: '>=' as const, met: ratio !== null && ratio >= goal }];
  });
}
