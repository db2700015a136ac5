import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, problem, study } from '#api-contract';
import {
  architectureProfile,
  claimRequest,
  exportVerification,
  reportOf,
  trialMeasures,
} from '../support/fake-work.js';
import { studyInput } from '../support/study-input.js';
import { type Answer, TestApi } from '../support/test-api.js';

const seed = 20_261_124;
let api: TestApi;
let studyId: string;
let trialId: string;
const bodies: Record<string, unknown> = {};
let paths: Record<string, Record<string, { responses: object; parameters: { name: string; in: string }[] }>>;

beforeAll(async () => {
  api = await TestApi.start();
  const { id: datasetId } = await api.readyDataset();
  studyId = (await api.ok(study, 'POST', '/v1/studies', studyInput(datasetId))).id;
  const work = await api.ok(claim, 'POST', '/v1/worker/claim', claimRequest('one'), 200);
  if (work.kind !== 'trial') throw new Error('expected a trial');
  trialId = work.trialId;
  const attempt = 1;
  const measures = trialMeasures();
  const zip = { sha256: 'e'.repeat(64), bytes: 5 };
  Object.assign(bodies, {
    '/v1/datasets': { name: 'x', path: '/nowhere', validationFraction: 0.2, seed: 1 },
    '/v1/studies': studyInput(datasetId, { training: { imageSize: 64 }, timeoutSeconds: 5, seed: 3 }),
    '/v1/studies/{id}/exports': { constraints: { maxLatencyMs: 5, minAccuracy: 0.5 } },
    '/v1/worker/claim': claimRequest('one'),
    '/v1/worker/trials/{id}/heartbeat': { attempt },
    '/v1/worker/trials/{id}/profile': { attempt, measures },
    '/v1/worker/trials/{id}/report': { attempt, report: reportOf(1, 0.5) },
    '/v1/worker/trials/{id}/finish': { state: 'PRUNED', attempt: 99, reason: 'slow', measures },
    '/v1/worker/trials/{id}/release': { attempt: 99 },
    '/v1/worker/exports/{id}/heartbeat': { attempt },
    '/v1/worker/exports/{id}/finish': {
      state: 'READY',
      attempt,
      verification: exportVerification(),
      files: [{ name: 'a', ...zip }],
      zip,
    },
    '/v1/worker/exports/{id}/release': { attempt },
    '/v1/worker/preparations/{id}/heartbeat': { attempt },
    '/v1/worker/preparations/{id}/finish': { state: 'COMPLETE', attempt, profile: architectureProfile([1, 4, 16]) },
    '/v1/worker/preparations/{id}/release': { attempt },
    '/v1/profiles/remeasure': { architecture: 'squeezenet1_1', device: 'cpu' },
  });
  paths = ((await api.call('GET', '/docs-json')).body as { paths: typeof paths }).paths;
});
afterAll(() => api.stop());

const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    "'; DROP TABLE trial; --",
    '$1',
    '{{7*7}}',
    '../../etc/passwd',
    '\0',
    '\ud800',
    '-1',
    '1e400',
  ),
  fc.constantFrom('99999999999999999999', '0x10', 'NaN', 'null', 'true', '__proto__', 'a'.repeat(5000)),
  fc.constantFrom([1.5], [null], [1e300], [-1], ['x'], [[]], [1, 2], [1, null], [0.5, 1e300], {}).map(cursorOf),
);
const hostileValue = fc.oneof(
  hostileText,
  fc.constantFrom(0, -1, 0.5, 1e308, 5e-324, 2 ** 31, 2 ** 53, -(2 ** 63), null, true, [], {}, [[]], [null]),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Places of a JSON value that can be replaced, deepest included. */
function placesOf(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string, unknown>)[key] = replaced((copy as Record<string, unknown>)[key], rest, by);
  return copy;
}

function assertDocumented(answer: Answer, path: string, method: string): void {
  const told = `${method} ${path}: ${JSON.stringify(answer.body).slice(0, 500)}`;
  expect(answer.status, told).toBeLessThan(500);
  const known = [...Object.keys(paths[path][method].responses).map(Number), 404];
  expect(known, told).toContain(answer.status);
  if (answer.status < 400) return;
  expect(answer.headers.get('content-type'), told).toContain('application/problem+json');
  const { code, errors = [] } = problem.parse(answer.body);
  expect(JSON.stringify(answer.body), told).not.toMatch(/\bat .*\.(ts|js):|SELECT|INSERT|node_modules/);
  if (answer.status === 400 && code !== 'INVALID_JSON') {
    expect(errors.length, told).toBeGreaterThan(0);
    expect(errors.every(({ allowed }) => allowed.length > 0)).toBe(true);
  }
}

test('no field of any body makes the service fail, whatever it holds', async () => {
  const routes = Object.entries(bodies);
  const place = fc
    .constantFrom(...routes.map((_, index) => index))
    .chain((index) => fc.tuple(fc.constant(index), fc.constantFrom(...placesOf(routes[index][1])), hostileValue));
  const property = fc.asyncProperty(place, async ([index, path, value]) => {
    const [route, body] = routes[index];
    const id = route.includes('/trials/') ? trialId : studyId;
    const target = route.replace('{id}', id);
    const answer = await api.call('POST', target, replaced(body, path, value) ?? null, api.workerHeaders);
    assertDocumented(answer, route, 'post');
  });
  await fc.assert(property, { numRuns: 400, seed });
});

test.each([[1.5], [null], [1e300], [-1], ['x'], [[]], [1, 2], [1, null], [1.5, 1.5], [0.5, 1e300], {}, 5, null])(
  'a cursor that holds %j is refused or leads somewhere',
  async (place) => {
    const cursor = cursorOf(place);
    const listings = ['/v1/studies', `/v1/studies/${studyId}/trials`];
    for (const sort of ['accuracy', 'sizeBytes']) listings.push(`/v1/studies/${studyId}/trials?sort=${sort}`);
    for (const listing of listings) {
      const answer = await api.call('GET', `${listing}${listing.includes('?') ? '&' : '?'}cursor=${cursor}`);
      const told = `${listing}: ${JSON.stringify(answer.body)}`;
      expect([200, 400], told).toContain(answer.status);
      if (answer.status === 400) expect(answer.body, told).toMatchObject({ errors: [{ field: 'cursor' }] });
    }
  },
);

test('no parameter of any path or query makes the service fail, whatever it holds', async () => {
  const routes = Object.entries(paths).flatMap(([path, { get }]) =>
    get && !path.endsWith('/events') ? [{ path, parameters: get.parameters }] : [],
  );
  const property = fc.asyncProperty(
    fc.constantFrom(...routes),
    fc.array(hostileText, { minLength: 6 }),
    fc.nat(7),
    async ({ path, parameters }, texts, mask) => {
      const text = (index: number) =>
        encodeURIComponent(texts[index % texts.length].replaceAll(/\p{Surrogate}/gu, '\ufffd'));
      let target = path;
      const query: string[] = [];
      for (const [index, { name, in: where }] of parameters.entries()) {
        if (where === 'path') target = target.replace(`{${name}}`, mask & 1 ? text(index) || '%20' : known(name));
        else if (where === 'query' && (index + mask) % 3 > 0) query.push(`${name}=${text(index)}`);
      }
      const answer = await api.call('GET', `${target}?${query.join('&')}`);
      assertDocumented(answer, path, 'get');
    },
  );
  await fc.assert(property, { numRuns: 400, seed });
});

function known(name: string): string {
  return name === 'number' ? '0' : studyId;
}
