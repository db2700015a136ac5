import { expect, test } from 'vitest';
import { describeOption } from './option-schema.js';
import { pruners } from './pruners/registry.js';
import { samplers } from './samplers/registry.js';

test('describeOption() is a line for a page: meaning, range, default', () => {
  const { options } = samplers.find(({ name }) => name === 'tpe')!;
  expect(describeOption(options.startupTrials)).toBe(
    'Trials drawn at random before the model is used. Integer >= 0, default 10.',
  );
  expect(describeOption(options.candidates)).toMatch(/taken\. Integer in \[1, 256\], default 24\.$/);
  expect(describeOption(options.bandwidth)).toMatch(/One of sample-size, neighbours, default sample-size\.$/);
  expect(describeOption(options.constantLiar)).toMatch(/True or false, default true\.$/);
  const optionsOf = (pruner: string) => pruners.find(({ name }) => name === pruner)!.options;
  expect(describeOption(optionsOf('threshold').lower)).toMatch(/Number, or null, default null\.$/);
  expect(describeOption(optionsOf('patient').wrappedOptions)).toMatch(/Object of options, default \{\}\.$/);
  expect(describeOption(optionsOf('pareto').groupBy)).toMatch(/List of different names, default \[\]\.$/);
});

test('every entry of the registries can be made from its own defaults', () => {
  for (const { name, options, create } of [...samplers, ...pruners]) {
    const defaults = Object.fromEntries(Object.entries(options).map(([option, schema]) => [option, schema.default]));
    expect(create(defaults as Record<string, never>).name).toBe(name);
  }
});
