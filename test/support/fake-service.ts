import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request of a worker. */
export interface WorkerRequest {
  /** Last part of the path, e.g. `claim`. */
  readonly verb: string;
  readonly body: Record<string, unknown>;
}

/** The far end of the lease protocol: answers as a test says and remembers what it was asked. */
export class FakeService {
  readonly requests: WorkerRequest[] = [];
  readonly #server: Server;
  readonly #waiting: { verb: string; resolve: (request: WorkerRequest) => void }[] = [];

  /** @param answer Null means 204. `seen` counts the requests of that verb, this one included. */
  constructor(answer: (request: WorkerRequest, seen: number) => unknown) {
    this.#server = createServer(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const verb = incoming.url?.split('/').at(-1) ?? '';
      const request = { verb, body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown> };
      this.requests.push(request);
      const body = answer(request, this.of(verb).length);
      response.writeHead(body === null ? 204 : 200, { 'content-type': 'application/json' });
      response.end(body === null ? '' : JSON.stringify(body));
      for (const waiter of this.#waiting.filter((one) => one.verb === verb)) waiter.resolve(request);
    });
  }

  of(verb: string): WorkerRequest[] {
    return this.requests.filter((request) => request.verb === verb);
  }

  /** The next request of that kind. */
  next(verb: string): Promise<WorkerRequest> {
    return new Promise((resolve) => this.#waiting.push({ verb, resolve }));
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
