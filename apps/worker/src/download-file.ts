import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DomainError, InvalidInputError } from '#primitives';
import { pause } from './api-client.js';
import { DownloadError, DownloadInterruptedError, megabytes, networkFailure, writeFailure } from './download-error.js';
import { readDownloadUrl } from './download-url.js';
import { PartialFile } from './partial-file.js';

/** What to download, and within which bounds. */
export interface DownloadOrder {
  readonly url: string;
  /** Path of the finished file; `.part` and `.part.json` lie beside it meanwhile. */
  readonly file: string;
  readonly maximumBytes: number;
  /** First digits of the file's SHA-256, lower case; all 64, or as many as are known. */
  readonly sha256Prefix: string;
  readonly signal: AbortSignal;
  /** @param totalBytes Null while the server has not said. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number | null) => void;
  readonly onRetry?: (reason: string, waitMs: number) => void;
  /** Silence after which a connection counts as dead, ms. @default 30000 */
  readonly idleMs?: number;
  /** Tries without a new byte before giving up. @default 5 */
  readonly tries?: number;
  /** Wait before the second try, ms; doubles from try to try, up to a minute. @default 1000 */
  readonly firstWaitMs?: number;
}

const maximumRedirects = 5;

/** A failure that trying again may mend. */
class PassingFailure extends Error {}

/**
 * Downloads a file over https, going on where an earlier try or an earlier process stopped if the server still has the
 * same file. The file appears under its name only when it is whole and has the wanted hash.
 *
 * @returns SHA-256 of the file.
 * @throws {DownloadError} with the reason; what has come is kept where it can be continued.
 * @throws {DownloadInterruptedError} after `signal`; what has come is kept.
 * @throws {InvalidInputError} if the address may not be downloaded from.
 */
export async function downloadFile(order: DownloadOrder): Promise<string> {
  const url = readDownloadUrl(order.url, 'url');
  await mkdir(dirname(order.file), { recursive: true });
  if (existsSync(order.file)) {
    const sha256 = await hashFile(order.file);
    if (sha256.startsWith(order.sha256Prefix)) return sha256;
  }
  const part = new PartialFile(order.file);
  await keepTrying(order, url, part);
  const sha256 = await hashFile(part.path);
  if (!sha256.startsWith(order.sha256Prefix)) {
    await part.discard();
    const wanted = `must ${order.sha256Prefix.length < 64 ? 'begin with' : 'be'} ${order.sha256Prefix}`;
    throw new DownloadError(url.href, `its SHA-256 is ${sha256}, ${wanted}; what came is deleted`);
  }
  await part.finish();
  return sha256;
}

/** Lower-case hexadecimal SHA-256 of a file, read in pieces. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function keepTrying(order: DownloadOrder, url: URL, part: PartialFile): Promise<void> {
  const { signal, tries = 5, firstWaitMs = 1000 } = order;
  let most = 0;
  for (let failures = 0; ; ) {
    try {
      return await new Transfer(order, url, part).run();
    } catch (error) {
      await part.close().catch(() => {});
      if (signal.aborted) throw new DownloadInterruptedError(part.bytes);
      if (!(error instanceof PassingFailure)) throw error;
      failures = part.bytes > most ? 1 : failures + 1;
      most = Math.max(most, part.bytes);
      if (failures >= tries) {
        const kept = part.bytes > 0 ? `; ${megabytes(part.bytes)} are kept, the same command goes on from there` : '';
        throw new DownloadError(url.href, `${error.message}, ${failures} times in a row${kept}`, { cause: error });
      }
      const waitMs = Math.min(60_000, firstWaitMs * 2 ** (failures - 1));
      order.onRetry?.(error.message, waitMs);
      await pause(waitMs, signal);
      if (signal.aborted) throw new DownloadInterruptedError(part.bytes);
    }
  }
}

/** One connection. */
class Transfer {
  readonly #idle = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly order: DownloadOrder,
    private readonly url: URL,
    private readonly part: PartialFile,
  ) {}

  async run(): Promise<void> {
    try {
      this.#stillAlive();
      const validator = await this.part.resumable(this.url.href);
      const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'retune' };
      if (validator !== null) {
        headers.range = `bytes=${this.part.bytes}-`;
        headers['if-range'] = validator;
      }
      const response = await this.#request(headers);
      if (await this.#accept(response)) await this.#receive(response);
      await this.#writing(() => this.part.close());
    } finally {
      clearTimeout(this.#timer);
    }
  }

  #stillAlive(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#idle.abort(), this.order.idleMs ?? 30_000);
  }

  async #request(headers: Record<string, string>): Promise<Response> {
    let url = this.url;
    for (let redirects = 0; redirects <= maximumRedirects; redirects++) {
      const response = await this.#network(() => fetch(url, { headers, redirect: 'manual', signal: this.#signal() }));
      const location = response.headers.get('location');
      if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
      await response.body?.cancel();
      url = this.#redirected(location, url);
    }
    throw this.#failed(`it is redirected more than ${maximumRedirects} times`);
  }

  #redirected(location: string, from: URL): URL {
    const target = URL.canParse(location, from.href) ? new URL(location, from.href).href : location;
    try {
      return readDownloadUrl(target, 'redirect', this.url.protocol === 'http:');
    } catch (error) {
      if (error instanceof InvalidInputError) throw this.#failed(error.message);
      throw error;
    }
  }

  /** Whether a body is to be received; writes go to the right place then. */
  async #accept(response: Response): Promise<boolean> {
    const { status } = response;
    if (status === 206 || status === 200) this.#refusePage(response.headers.get('content-type') ?? '');
    if (status === 206) {
      const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
      if (Number(start) === this.part.bytes) {
        await this.#writing(() => this.part.append());
        return true;
      }
    } else if (status === 200) {
      await this.#writing(() => this.part.restart(this.url.href, validatorOf(response.headers)));
      return true;
    } else if (status !== 416) {
      await response.body?.cancel();
      if (status >= 500 || status === 429 || status === 408) throw new PassingFailure(`the server answers ${status}`);
      if (status === 404 || status === 410) throw this.#failed(`the server has no such file (${status})`);
      throw this.#failed(`the server answers ${status}`);
    }
    const whole = /^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
    await response.body?.cancel();
    if (status === 416 && Number(whole) === this.part.bytes) return false;
    await this.part.discard();
    throw new PassingFailure('the server cannot go on where the last try stopped');
  }

  async #receive(response: Response): Promise<void> {
    const { maximumBytes, onProgress } = this.order;
    const total = totalOf(response.headers, this.part.bytes);
    if (total !== null && total > maximumBytes) await this.#refuseSize(`it has ${megabytes(total)}`);
    if (total !== null) await this.#refuseFullDisk(total - this.part.bytes);
    onProgress?.(this.part.bytes, total);
    const pieces = response.body?.getReader();
    for (;;) {
      const piece = (await this.#network(async () => pieces?.read()))?.value as Uint8Array | undefined;
      if (piece === undefined) break;
      this.#stillAlive();
      if (this.part.bytes === 0) this.#refusePage(Buffer.from(piece.subarray(0, 100)).toString('latin1'));
      if (this.part.bytes + piece.byteLength > maximumBytes) {
        await pieces?.cancel();
        await this.#refuseSize('more comes than the server said');
      }
      await this.#writing(() => this.part.write(piece));
      onProgress?.(this.part.bytes, total);
    }
    if (total !== null && this.part.bytes !== total) {
      throw new PassingFailure(`the connection ended after ${this.part.bytes} of ${total} bytes`);
    }
  }

  /** What a proxy or a login page sends in place of the file; by its type or by its first bytes. */
  #refusePage(text: string): void {
    if (!/^\s*(text\/html|<!doctype html|<html)/i.test(text)) return;
    throw this.#failed('a web page came in place of the file: a proxy or a login page?');
  }

  async #refuseSize(what: string): Promise<void> {
    await this.part.close();
    await this.part.discard();
    throw this.#failed(`${what}, allowed are ${megabytes(this.order.maximumBytes)}`);
  }

  async #refuseFullDisk(bytes: number): Promise<void> {
    const folder = dirname(this.order.file);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize >= bytes) return;
    throw this.#failed(`the disk of ${folder} has ${megabytes(bavail * bsize)} left, ${megabytes(bytes)} are needed`);
  }

  async #network<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      if (this.#idle.signal.aborted) {
        throw new PassingFailure(`nothing came for ${(this.order.idleMs ?? 30_000) / 1000} s`);
      }
      const { reason, passing } = networkFailure(error);
      throw passing ? new PassingFailure(reason, { cause: error }) : this.#failed(reason, error);
    }
  }

  async #writing<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof DomainError) throw error;
      throw this.#failed(writeFailure(error, dirname(this.order.file)), error);
    }
  }

  #signal(): AbortSignal {
    return AbortSignal.any([this.order.signal, this.#idle.signal]);
  }

  #failed(reason: string, cause?: unknown): DownloadError {
    return new DownloadError(this.url.href, reason, { cause });
  }
}

/** What tells the server's file from a later one; a weak ETag does not. */
function validatorOf(headers: Headers): string | null {
  const etag = headers.get('etag');
  if (etag !== null && !etag.startsWith('W/')) return etag;
  return headers.get('last-modified');
}

/** Bytes of the whole file; null where the server does not say, or packs what it sends. */
function totalOf(headers: Headers, offset: number): number | null {
  const length = headers.get('content-length');
  const packed = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  return length === null || packed ? null : offset + Number(length);
}
