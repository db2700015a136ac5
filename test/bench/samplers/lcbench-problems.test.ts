import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../side/script-path.js';
import { lcbenchProblems } from './lcbench-problems.js';

const folder = join(repositoryRoot(), '../shared/benchmarks/lcbench');
const params = {
  epoch: 50,
  batch_size: 64,
  learning_rate: 0.01,
  momentum: 0.9,
  weight_decay: 1e-4,
  num_layers: 3,
  max_units: 512,
  max_dropout: 0.2,
};

test('lcbenchProblems() says which folder lacks which files', async () => {
  await expect(lcbenchProblems('/nonexistent')).rejects.toThrow('/nonexistent has no model.onnx and encoding.json');
});

test.skipIf(!existsSync(join(folder, 'model.onnx')))(
  'lcbenchProblems() predict a longer training as better',
  async () => {
    const problems = await lcbenchProblems(folder);
    const [accuracy] = problems;
    const double = problems.find(({ name }) => name === 'lcbench2-189873')!;
    const single = problems.find(({ name }) => name === 'lcbench-189873')!;
    const [long] = (await accuracy.evaluate(params)).values;
    const [short] = (await accuracy.evaluate({ ...params, epoch: 1 })).values;
    expect(long).toBeGreaterThan(short);
    expect(long).toBeLessThan(100);
    const [percent] = (await single.evaluate(params)).values;
    const [error, crossEntropy] = (await double.evaluate(params)).values;
    expect(error).toBeCloseTo(1 - percent / 100);
    expect(crossEntropy).toBeGreaterThan(0);
  },
);
