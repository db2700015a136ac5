import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeSchema, type JsonSchema, schemasAt } from './describe-schema.js';

const cases: [z.ZodType, string][] = [
  [z.number(), 'a number'],
  [z.number().positive(), 'a number > 0'],
  [z.number().min(0).lt(1), 'a number in [0, 1)'],
  [z.number().max(3), 'a number <= 3'],
  [z.int(), 'an integer'],
  [z.int().min(1), 'an integer >= 1'],
  [z.int().min(1).max(9), 'an integer in [1, 9]'],
  [z.string(), 'text'],
  [z.string().max(9), 'text of at most 9 characters'],
  [z.string().regex(/^a+$/), 'text matching ^a+$'],
  [z.uuid(), 'a UUID'],
  [z.iso.datetime(), 'an ISO 8601 time in UTC'],
  [z.boolean(), 'true or false'],
  [z.array(z.int()).min(1), 'a list of at least 1 items'],
  [z.enum(['a', 'b']), 'one of a, b'],
  [z.literal('a'), '"a"'],
  [z.number().min(0).max(1).nullable(), 'a number in [0, 1] or null'],
  [z.strictObject({ a: z.int(), b: z.int() }), 'an object with a, b'],
  [z.record(z.string(), z.unknown()), 'an object'],
  [z.union([z.int(), z.array(z.int())]), 'an integer or a list'],
];

test.each(cases)('describeSchema() puts schema %# in words', (schema, words) => {
  expect(describeSchema(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema)).toBe(words);
});

test('schemasAt() is empty for a place that the schema does not know', () => {
  const schema = z.toJSONSchema(z.strictObject({ a: z.int() })) as JsonSchema;
  expect(schemasAt(schema, ['b'])).toEqual([]);
  expect(schemasAt(schema, ['a', 0])).toEqual([]);
});
