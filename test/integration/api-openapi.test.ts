import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestApi } from '../support/test-api.js';

interface Operation {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
  security?: object[];
}

let api: TestApi;
let document: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};
beforeAll(async () => {
  api = await TestApi.start();
  document = (await api.call('GET', '/docs-json')).body as typeof document;
});
afterAll(() => api.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test('the OpenAPI document has every route of the service', () => {
  const documented = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  expect(documented.sort()).toEqual([
    'GET /health/live',
    'GET /health/ready',
    'GET /v1/algorithms',
    'GET /v1/architectures',
    'GET /v1/architectures/{name}',
    'GET /v1/datasets',
    'GET /v1/datasets/{id}',
    'GET /v1/datasets/{id}/images',
    'GET /v1/exports/{id}',
    'GET /v1/exports/{id}/files/{name}',
    'GET /v1/exports/{id}/zip',
    'GET /v1/profiles',
    'GET /v1/storage',
    'GET /v1/studies',
    'GET /v1/studies/{id}',
    'GET /v1/studies/{id}/events',
    'GET /v1/studies/{id}/exports',
    'GET /v1/studies/{id}/pareto',
    'GET /v1/studies/{id}/trials',
    'GET /v1/studies/{id}/trials/{number}',
    'GET /v1/studies/{id}/trials/{number}/curve',
    'GET /v1/workers',
    'POST /v1/datasets',
    'POST /v1/profiles/remeasure',
    'POST /v1/studies',
    'POST /v1/studies/{id}/exports',
    'POST /v1/studies/{id}/resume',
    'POST /v1/studies/{id}/stop',
    'POST /v1/worker/claim',
    'POST /v1/worker/exports/{id}/finish',
    'POST /v1/worker/exports/{id}/heartbeat',
    'POST /v1/worker/exports/{id}/release',
    'POST /v1/worker/preparations/{id}/finish',
    'POST /v1/worker/preparations/{id}/heartbeat',
    'POST /v1/worker/preparations/{id}/release',
    'POST /v1/worker/trials/{id}/continue',
    'POST /v1/worker/trials/{id}/finish',
    'POST /v1/worker/trials/{id}/heartbeat',
    'POST /v1/worker/trials/{id}/profile',
    'POST /v1/worker/trials/{id}/release',
    'POST /v1/worker/trials/{id}/report',
  ]);
});

test('every operation has a summary, an id of its own, one answer of success and its problems', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, method, operation } of operations()) {
    const name = `${method} ${path}`;
    expect(operation.summary, name).toMatch(/^[A-Z]/);
    const statuses = Object.keys(operation.responses);
    const success = statuses.filter((status) => status.startsWith('2'));
    expect(success.length, name).toBeGreaterThan(0);
    for (const status of success.filter((code) => code !== '204')) {
      const [content] = Object.values(operation.responses[status].content ?? {});
      expect(content?.schema, `${name} ${status}`).toBeDefined();
    }
    const always = method === 'post' ? ['403', '415', '421', '500', '503'] : ['415', '421', '500', '503'];
    expect(statuses, name).toEqual(expect.arrayContaining(always));
    for (const status of statuses.filter((code) => Number(code) >= 400 && !path.startsWith('/health'))) {
      expect(Object.keys(operation.responses[status].content ?? {}), name).toEqual(['application/problem+json']);
    }
  }
});

test('every parameter of a path is declared, and every body of a creating route has a schema', () => {
  for (const { path, method, operation } of operations()) {
    const inPath = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(inPath.sort(), path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
    const takesBody = method === 'post' && !/\/(stop|resume)$/.test(path);
    expect(operation.requestBody?.content['application/json']?.schema !== undefined, path).toBe(takesBody);
  }
});

test('every reference of the document leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
  expect(references.length).toBeGreaterThan(50);
  const known = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
  expect(references.filter((reference) => !known.has(reference))).toEqual([]);
});

test('the ranges of the contract stand in the document', () => {
  const range = document.components.schemas.LearningRateRangeInput as { properties: Record<string, object> };
  expect(range.properties.low).toMatchObject({ type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 10 });
  const { parameters } = document.paths['/v1/studies/{id}/trials'].get;
  expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
  });
});

test('only the routes of workers ask for the token', () => {
  for (const { path, operation } of operations()) {
    expect(operation.security !== undefined, path).toBe(path.startsWith('/v1/worker/'));
  }
});

test('GET /docs is a page that loads only its own files', async () => {
  const page = await api.call('GET', '/docs');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  const sources = [...String(page.body).matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, source]) => source);
  expect(sources.length).toBeGreaterThan(2);
  for (const source of sources) {
    expect(source).toMatch(/^\.\/docs\//);
    expect((await api.call('GET', source.slice(1))).status, source).toBe(200);
  }
});
