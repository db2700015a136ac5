import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiClient } from './api-client.js';
import { InterruptedError } from './cli-error.js';
import { exitCode } from './exit-code.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('ApiClient', () => {
  test('turns problem+json into its detail, a line per wrong field, and an exit code', async () => {
    const client = await clientOf((_, response) => {
      response.writeHead(400, { 'content-type': 'application/problem+json' });
      response.end(
        JSON.stringify({
          ...{ type: 'about:blank', title: 'Bad Request', status: 400, code: 'INVALID_INPUT', instance: 'x' },
          detail: 'The request has 2 wrong fields',
          errors: [
            { field: 'name', value: '', allowed: '1 to 120 characters' },
            { field: 'path', allowed: 'a path' },
          ],
        }),
      );
    });
    await expect(client.datasets()).rejects.toMatchObject({
      message: 'The request has 2 wrong fields',
      exit: exitCode.badInput,
      details: ['name: ""; allowed: 1 to 120 characters', 'path: missing; allowed: a path'],
    });
  });

  test('does not say everything twice where the detail lists the fields', async () => {
    const errors = [{ field: 'name', allowed: 'a name' }];
    const detail = 'name is missing, must be a name';
    const body = { type: 'about:blank', title: '', status: 400, code: 'INVALID_INPUT', detail, instance: 'x', errors };
    const client = await clientOf((_, response) => response.writeHead(400).end(JSON.stringify(body)));
    await expect(client.datasets()).rejects.toMatchObject({
      message: 'The service refuses this input',
      details: ['name: missing; allowed: a name'],
    });
  });

  test.each([
    { status: 409, code: 'NO_FEASIBLE_TRIAL', exit: exitCode.nothingFeasible },
    { status: 404, code: 'NOT_FOUND', exit: exitCode.badInput },
    { status: 409, code: 'STUDY_STATE', exit: exitCode.failed },
    { status: 503, code: 'DATABASE_DOWN', exit: exitCode.unreachable },
  ])('ends with $exit for $code ($status)', async ({ status, code, exit }) => {
    const client = await clientOf((_, response) => {
      const detail = 'why';
      response
        .writeHead(status)
        .end(JSON.stringify({ type: 'about:blank', title: '', status, code, detail, instance: 'x' }));
    });
    await expect(client.study('s')).rejects.toMatchObject({ message: 'why', exit });
  });

  test('says who cannot be reached, and how to start one', async () => {
    const client = await clientOf(() => undefined);
    server?.close();
    await new Promise((resolve) => server?.once('close', resolve));
    await expect(client.datasets()).rejects.toMatchObject({
      exit: exitCode.unreachable,
      message: expect.stringContaining(`Cannot reach the service at ${client.url}: `),
      details: [expect.stringContaining('retune start')],
    });
  });

  test('refuses an answer that is not what the contract says', async () => {
    const client = await clientOf((_, response) => response.end('{"items":[{"id":1}]}'));
    await expect(client.datasets()).rejects.toMatchObject({ exit: exitCode.failed, message: /does not understand/ });
  });

  test('asks for page after page', async () => {
    const asked: string[] = [];
    const client = await clientOf(({ url }, response) => {
      asked.push(String(url));
      response.end(JSON.stringify({ items: [], nextCursor: asked.length < 3 ? `c${asked.length}` : null }));
    });
    expect(await client.trials('s', { state: 'FAIL' })).toEqual([]);
    expect(asked).toEqual([
      '/v1/studies/s/trials?state=FAIL&limit=500',
      '/v1/studies/s/trials?state=FAIL&limit=500&cursor=c1',
      '/v1/studies/s/trials?state=FAIL&limit=500&cursor=c2',
    ]);
  });

  test('reads events, skips those of a later version, and tells the last id when it comes again', async () => {
    const state = { type: 'study.state', at: '2026-11-24T00:00:00Z', state: 'STOPPED' };
    let lastEventId: string | undefined;
    const client = await clientOf(({ headers }, response) => {
      lastEventId = headers['last-event-id'] as string;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`id: 4\ndata: {"type":"later"}\n\nid: 5\ndata: ${JSON.stringify(state)}\n\n`);
    });
    const events = [];
    for await (const event of client.studyEvents('s', '3', new AbortController().signal)) events.push(event);
    expect(events).toEqual([{ id: '5', event: state }]);
    expect(lastEventId).toBe('3');
  });

  test('ends a request at once when the command is interrupted', async () => {
    const controller = new AbortController();
    const client = await clientOf(() => controller.abort(new InterruptedError('SIGINT')), controller.signal);
    await expect(client.datasets()).rejects.toMatchObject({ exit: exitCode.interrupted });
  });
});

async function clientOf(listener: RequestListener, signal = new AbortController().signal): Promise<ApiClient> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, signal);
}
