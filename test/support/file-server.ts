import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server behaves; everything else is done right. */
export interface Behaviour {
  /** Honour Range and If-Range. @default true */
  readonly ranges?: boolean;
  /** @default the hash of the content */
  readonly etag?: string | null;
  /** Answers in place of the file, one per request, until they are used up. */
  readonly instead?: ((response: ServerResponse, request: IncomingMessage) => void)[];
  /** Reset the connection after so many bytes of a body, request by request; null: send all. */
  readonly cutAfter?: (number | null)[];
  /** Send without saying how much. */
  readonly chunked?: boolean;
  /** Send nothing more after so many bytes of a body, request by request; null: send all. */
  readonly stallAfter?: (number | null)[];
  readonly contentType?: string;
}

/** A loopback HTTP server with one file under every path. */
export class FileServer {
  /** Of each request: its Range header. */
  readonly ranges: (string | undefined)[] = [];
  readonly paths: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(content: Uint8Array | ((path: string) => Uint8Array | undefined), behaviour: Behaviour = {}) {
    const instead = [...(behaviour.instead ?? [])];
    const cuts = [...(behaviour.cutAfter ?? [])];
    const stalls = [...(behaviour.stallAfter ?? [])];
    const contentOf = typeof content === 'function' ? content : () => content;
    const server = createServer((request, response) => {
      running.ranges.push(request.headers.range);
      running.paths.push(request.url ?? '');
      const odd = instead.shift();
      if (odd) return odd(response, request);
      const file = contentOf(request.url ?? '');
      if (!file) return void response.writeHead(404).end('no such file');
      serve(request, response, file, behaviour, { cutAfter: cuts.shift() ?? null, stallAfter: stalls.shift() ?? null });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const running = new FileServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return running;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  file: Uint8Array,
  behaviour: Behaviour,
  { cutAfter, stallAfter }: { readonly cutAfter: number | null; readonly stallAfter: number | null },
): void {
  const { ranges = true, chunked = false, contentType = 'application/octet-stream' } = behaviour;
  const etag = behaviour.etag === undefined ? `"${createHash('sha256').update(file).digest('hex')}"` : behaviour.etag;
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const partial = ranges && same && start > 0;
  if (partial && start >= file.length) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    return;
  }
  const body = partial ? file.subarray(start) : file;
  response.writeHead(partial ? 206 : 200, {
    'content-type': contentType,
    ...(etag === null ? {} : { etag }),
    ...(chunked ? {} : { 'content-length': body.length }),
    ...(partial ? { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` } : {}),
  });
  const sent = cutAfter ?? stallAfter ?? body.length;
  if (sent >= body.length) return void response.end(body);
  response.write(body.subarray(0, sent), () => {
    if (cutAfter !== null) setImmediate(() => request.socket.destroy());
  });
}
