import { expect, test } from 'vitest';
import { operatorTable } from './operator-table.js';

const kernel = (op: string, dur: number, shape: number[]) => ({
  cat: 'Node',
  name: `${op}_1_kernel_time`,
  dur,
  args: { op_name: op, provider: 'CPUExecutionProvider', output_type_shape: [{ float: shape }] },
});

test('operatorTable() adds up kernels by operator and by shape, without the loop that holds them', () => {
  const events = [
    kernel('Loop', 99_000, []),
    kernel('Conv', 4000, [1, 2]),
    kernel('Conv', 2000, [3, 4]),
    kernel('Mul', 2000, [1, 2]),
    { cat: 'Session', name: 'model_run', dur: 1, args: {} },
    { cat: 'Node', name: 'Mul_1_fence_before', dur: 5, args: { op_name: 'Mul' } },
  ];
  const [operators, shapes, total] = operatorTable(events, 2).split('\n\n');
  const cells = (table: string) => table.split('\n').map((line) => line.split(/\s{2,}/));
  expect(cells(operators).slice(1)).toEqual([
    ['Conv', '3.00', '75.0 %', '1.0'],
    ['Mul', '1.00', '25.0 %', '0.5'],
  ]);
  expect(cells(shapes)[1]).toEqual(['Conv [1, 2]', '2.00', '50.0 %', '0.5']);
  expect(total).toBe('all kernels: 4.0 ms a step');
});
