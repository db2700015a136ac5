import { expect, test } from 'vitest';
import { ConfigError, parseConfig } from './config.js';

test('parseConfig() has a default for everything', () => {
  expect(parseConfig({}, [], '/srv')).toEqual({
    port: 4680,
    host: '127.0.0.1',
    databaseUrl: null,
    dataFolder: '/srv/data',
    workerToken: null,
    datasetRoots: null,
    logLevel: 'log',
    leaseSeconds: 60,
    heartbeatSeconds: 10,
    reapSeconds: 5,
    checkpointBytes: 10_737_418_240,
  });
});

test('parseConfig() reads variables; an empty one counts as absent', () => {
  const config = parseConfig({ PORT: '0', HOST: '', RETUNE_DATA: 'mine', RETUNE_DATASET_ROOTS: '/a:/b' }, [], '/srv');
  expect(config).toMatchObject({ port: 0, host: '127.0.0.1', dataFolder: '/srv/mine', datasetRoots: ['/a', '/b'] });
});

test('parseConfig() prefers --data to RETUNE_DATA', () => {
  for (const args of [['--data', '/x'], ['--data=/x']]) {
    expect(parseConfig({ RETUNE_DATA: '/y' }, args, '/srv').dataFolder).toBe('/x');
  }
});

test('parseConfig() freezes the settings', () => {
  expect(Object.isFrozen(parseConfig({}, [], '/srv'))).toBe(true);
});

test('parseConfig() reports all mistakes together and shows no secret', () => {
  const variables = {
    PORT: 'eighty',
    DATABASE_URL: 'mysql://root:hunter2@db',
    RETUNE_WORKER_TOKEN: 'hunter2',
    RETUNE_DATASET_ROOTS: 'here',
  };
  const parse = () => parseConfig(variables, ['--dta', '/x'], '/srv');
  expect(parse).toThrow(ConfigError);
  expect(parse).toThrow(/PORT: .*DATABASE_URL: .*RETUNE_WORKER_TOKEN: .*RETUNE_DATASET_ROOTS: .*--dta/);
  expect(parse).not.toThrow(/hunter2/);
});

test('parseConfig() refuses a heartbeat that could not keep a lease', () => {
  expect(() => parseConfig({ RETUNE_LEASE_SECONDS: '20' }, [], '/srv')).toThrow(
    'RETUNE_HEARTBEAT_SECONDS: must be at most a third of RETUNE_LEASE_SECONDS',
  );
});
