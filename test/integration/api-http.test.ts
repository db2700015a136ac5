import { get } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { algorithms, architectureList, health, workerList } from '#api-contract';
import { TestApi } from '../support/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.stop());

test('GET /health/live and /health/ready say that the service works', async () => {
  const live = await api.ok(health, 'GET', '/health/live');
  expect(live).toMatchObject({ status: 'ok', database: 'up' });
  expect(await api.ok(health, 'GET', '/health/ready')).toMatchObject({ status: 'ok', version: live.version });
});

test('GET /v1/architectures shows the cards of the zoo', async () => {
  const { items } = await api.ok(architectureList, 'GET', '/v1/architectures');
  expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(['alexnet', 'squeezenet1_1', 'resnet18']));
  const resnet = items.find(({ name }) => name === 'resnet18');
  expect(resnet).toMatchObject({ head: 'fc', parameterCount: 11_177_538, cuts: { shallow: 'fc' } });
});

test('GET /v1/algorithms shows every sampler and pruner with its options', async () => {
  const { samplers, pruners } = await api.ok(algorithms, 'GET', '/v1/algorithms');
  expect(samplers.map(({ name }) => name)).toEqual(expect.arrayContaining(['random', 'tpe']));
  expect(pruners.map(({ name }) => name)).toEqual(expect.arrayContaining(['none', 'median', 'pareto']));
  expect(samplers.find(({ name }) => name === 'tpe')?.options.startupTrials).toMatch(/Integer >= 0, default 10/);
  expect(pruners.find(({ name }) => name === 'patient')?.options.wrapped).toMatch(/One of none, median, .* or null/);
});

test('GET /v1/workers is empty before the first worker', async () => {
  expect(await api.ok(workerList, 'GET', '/v1/workers')).toEqual({ items: [] });
});

test('a route that does not exist is a problem', async () => {
  expect((await api.refused(404, 'ROUTE_NOT_FOUND', 'GET', '/v1/nothing')).detail).toContain('/v1/nothing');
  await api.refused(404, 'ROUTE_NOT_FOUND', 'DELETE', '/v1/studies');
});

test('a path that cannot be decoded is a problem', async () => {
  await api.refused(400, 'BAD_REQUEST', 'GET', '/v1/studies/%FF');
});

test('a body that is not JSON is a problem', async () => {
  const send = async (body: string, type: string) => {
    const headers = { 'Content-Type': type };
    const response = await fetch(`${api.api.url}/v1/studies`, { method: 'POST', body, headers });
    const { code } = (await response.json()) as { code: string };
    return [response.status, code];
  };
  expect(await send('{"name": ', 'application/json')).toEqual([400, 'INVALID_JSON']);
  expect(await send('name=x', 'application/x-www-form-urlencoded')).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  expect(await send('name: x', 'application/yaml')).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
});

test('a body of more than 1 MB is a problem', async () => {
  await api.refused(413, 'PAYLOAD_TOO_LARGE', 'POST', '/v1/studies', { name: 'x'.repeat(1_100_000) });
});

test('content that the database could not hold or that reaches for prototypes is a problem', async () => {
  const nul = await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', { name: 'a\0b' });
  expect(nul.errors).toEqual([{ field: 'name', allowed: 'text without NUL characters' }]);
  await api.refused(400, 'INVALID_INPUT', 'GET', '/v1/datasets?name=%00');
  let deep: unknown = 1;
  for (let level = 0; level < 500; level++) deep = [deep];
  await api.refused(400, 'INVALID_INPUT', 'POST', '/v1/studies', { name: deep });
});

test('a request that a page of another origin makes a browser send is refused', async () => {
  const path = '/v1/studies/00000000-0000-4000-8000-000000000000/stop';
  const answer = await api.call('POST', path, undefined, { 'Sec-Fetch-Site': 'cross-site' });
  expect(answer).toMatchObject({ status: 403, body: { code: 'CROSS_ORIGIN' } });
});

/** The status of a request that names this host; fetch would not let a test choose it. */
function statusFor(url: string, host: string, path = '/v1/workers'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url + path, { headers: { Host: host } }, (response) => resolve(response.resume().statusCode)).on(
      'error',
      reject,
    );
  });
}

test('a service on loopback refuses requests that name another host, whatever their route', async () => {
  const { url } = api.api;
  for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1:4680', '[::1]', '[::1]:9']) {
    expect(await statusFor(url, host), host).toBe(200);
  }
  const foreign = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:4680',
    'localhost:80@evil.example',
  ];
  for (const host of foreign) {
    for (const path of ['/v1/workers', '/docs', '/health/live', '/nowhere']) {
      expect(await statusFor(url, host, path), `${host} ${path}`).toBe(421);
    }
  }
});

test('a service on another address takes the names of its network', async () => {
  const open = await TestApi.start({ host: '0.0.0.0' });
  const url = `http://127.0.0.1:${new URL(open.api.url).port}`;
  expect(await statusFor(url, 'retune.example')).toBe(200);
  await open.stop();
});

test('every answer has the headers that keep a browser from running it, and an id', async () => {
  const { headers } = await api.call('GET', '/v1/workers', undefined, { 'X-Request-Id': 'trace-12345' });
  expect(headers.get('x-request-id')).toBe('trace-12345');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-powered-by')).toBeNull();
  const hostile = await api.call('GET', '/v1/workers', undefined, { 'X-Request-Id': 'a b c"; drop' });
  expect(hostile.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('bytes that are no HTTP end one connection, not the service', async () => {
  const { hostname, port } = new URL(api.api.url);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.end('\x16\x03\x01 not http\r\n\r\n'));
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.resume();
  });
  await api.ok(health, 'GET', '/health/live');
});
