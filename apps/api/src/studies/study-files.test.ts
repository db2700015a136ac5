import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createStudyRequest } from '#api-contract';
import { architectureNames } from '#model-zoo';
import { createPruner } from '#optuna-ts-client';
import { checkSampler } from '#search';

const folder = new URL('../../../../configs/studies/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test.each(files)('configs/studies/%s is a study that the service takes', (name) => {
  const { dataset, ...rest } = parse(readFileSync(new URL(name, folder), 'utf8'));
  expect(typeof dataset).toBe('string');
  const spec = createStudyRequest.parse({ ...rest, datasetId: '00000000-0000-4000-8000-000000000000' });
  expect(architectureNames).toEqual(expect.arrayContaining(spec.searchSpace.architecture));
  expect(() => checkSampler(spec.sampler.name, spec.sampler.options)).not.toThrow();
  expect(() => createPruner(spec.pruner.name, spec.pruner.options)).not.toThrow();
});
