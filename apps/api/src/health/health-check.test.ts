import { expect, test } from 'vitest';
import { HealthCheck } from './health-check.js';

const reaper = { lastReapSeconds: 3 };

test('HealthCheck is ok while the database answers', async () => {
  const health = await new HealthCheck(async () => undefined, reaper, '1.2.3').run();
  expect(health).toEqual({ status: 'ok', version: '1.2.3', database: 'up', lastReapSeconds: 3 });
});

test('HealthCheck is unavailable when the database refuses or keeps silent', async () => {
  const refuses = () => Promise.reject(new Error('refused'));
  const silent = () => new Promise<void>(() => undefined);
  for (const ping of [refuses, silent]) {
    const health = await new HealthCheck(ping, reaper, '1.2.3', 5).run();
    expect(health).toMatchObject({ status: 'unavailable', database: 'down' });
  }
});
