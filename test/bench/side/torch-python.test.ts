import { expect, test } from 'vitest';
import { compareVersions, findTorchPython } from './torch-python.js';

test('compareVersions() orders by numbers, whatever follows them', () => {
  const versions = ['1.13.0a0', '2.13.0+cu130', '2.9.1', '1.9'];
  expect(versions.sort(compareVersions)).toEqual(['1.9', '1.13.0a0', '2.9.1', '2.13.0+cu130']);
});

test('findTorchPython() says why a given program cannot be used', async () => {
  const { python, problem } = await findTorchPython('/nonexistent/python');
  expect(python).toBeUndefined();
  expect(problem).toMatch(/^\/nonexistent\/python: .*ENOENT/);
});
