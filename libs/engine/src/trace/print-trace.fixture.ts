import type { Trace, TracedId } from './trace.js';

/** Writes a trace as text, one line a kernel. */
export function printTrace(trace: Trace): string {
  const typed = (value: TracedId): string => `%${value} ${trace.types[value].dtype}[${trace.types[value].shape}]`;
  const lines = trace.calls.map(({ kernel, inputs, attrs, outputs, scope }) => {
    const reads = Object.entries(inputs).map(([name, value]) => `${name}=%${value}`);
    const settings = Object.keys(attrs).length > 0 ? ` ${JSON.stringify(attrs)}` : '';
    return `${outputs.map(typed).join(', ')} = ${kernel}(${reads.join(', ')})${settings} # ${scope}`;
  });
  return [
    ...trace.inputs.map(({ name, value }) => `input ${name}: ${typed(value)}`),
    ...lines,
    ...trace.outputs.map(({ name, value }) => `output ${name}: ${typed(value)}`),
  ].join('\n');
}
