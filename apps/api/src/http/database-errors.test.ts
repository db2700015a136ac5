import { expect, test } from 'vitest';
import { isDatabaseUnavailable, isUnstorableValue } from './database-errors.js';

const failure = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);

test.each([
  failure('starting', { code: '57P03' }),
  failure('terminated', { driverError: failure('terminated', { code: '57P01' }) }),
  failure('refused', { code: 'ECONNREFUSED', syscall: 'connect' }),
  failure('no socket', { code: 'ENOENT', syscall: 'connect' }),
  failure('Connection terminated unexpectedly'),
])('isDatabaseUnavailable() knows a server that is away: %s', (error) => {
  expect(isDatabaseUnavailable(error)).toBe(true);
});

test.each([
  failure('duplicate key', { code: '23505' }),
  failure('missing file', { code: 'ENOENT', syscall: 'open' }),
  failure('syntax', { driverError: failure('syntax', { code: '42601' }) }),
  failure('anything'),
  'text',
])('isDatabaseUnavailable() does not excuse a mistake of ours: %s', (error) => {
  expect(isDatabaseUnavailable(error)).toBe(false);
});

test('isUnstorableValue() knows what Postgres says of numbers and text it cannot hold', () => {
  expect(isUnstorableValue(failure('out of range', { driverError: failure('out of range', { code: '22003' }) }))).toBe(
    true,
  );
  expect(isUnstorableValue(failure('duplicate key', { code: '23505' }))).toBe(false);
  expect(isUnstorableValue(null)).toBe(false);
});
