import { textTable } from '../side/text-table.js';

/** One kernel call in the file that ONNX Runtime's profiler writes. */
export interface ProfileEvent {
  readonly cat?: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly provider?: string;
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/** Kernels alike in operator and shape that are listed one by one. */
const listed = 15;

/**
 * Two tables of a profile, by time: the operators, and the operators by the shape they give. The loop over steps is left
 * out: it holds all others.
 *
 * @param steps Training steps in the profile.
 */
export function operatorTable(events: readonly ProfileEvent[], steps: number): string {
  const kernels = events.filter(
    ({ cat, name, args }) => cat === 'Node' && name.endsWith('_kernel_time') && args.op_name !== 'Loop',
  );
  const total = kernels.reduce((sum, { dur }) => sum + dur, 0);
  const table = (title: string, keyOf: (event: ProfileEvent) => string, most: number) => {
    const groups = new Map<string, { microseconds: number; calls: number }>();
    for (const event of kernels) {
      const key = keyOf(event);
      const { microseconds, calls } = groups.get(key) ?? { microseconds: 0, calls: 0 };
      groups.set(key, { microseconds: microseconds + event.dur, calls: calls + 1 });
    }
    const lines = [...groups]
      .sort(([, a], [, b]) => b.microseconds - a.microseconds)
      .slice(0, most)
      .map(([key, { microseconds, calls }]) => [
        key,
        (microseconds / 1000 / steps).toFixed(2),
        `${((100 * microseconds) / total).toFixed(1)} %`,
        (calls / steps).toFixed(1),
        '',
      ]);
    return textTable([title, 'ms a step', 'share', 'calls a step', ''], lines);
  };
  return [
    table('operator', operatorOf, Infinity),
    table('operator and what it gives', (event) => `${operatorOf(event)} ${shapeOf(event)}`, listed),
    `all kernels: ${(total / 1000 / steps).toFixed(1)} ms a step`,
  ].join('\n\n');
}

function operatorOf({ args: { op_name = '?', provider = '' } }: ProfileEvent): string {
  return provider === '' || provider === 'CPUExecutionProvider' ? op_name : `${op_name} (${provider})`;
}

function shapeOf({ args: { output_type_shape: outputs = [] } }: ProfileEvent): string {
  return outputs
    .slice(0, 1)
    .flatMap((output) => Object.values(output).map((shape) => `[${shape.join(', ')}]`))
    .join(' ');
}
