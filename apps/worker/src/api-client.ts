import { z } from 'zod';
import {
  type Claim,
  type ClaimRequest,
  type ContinueRequest,
  type ContinueResponse,
  claim,
  continueResponse,
  type DeviceIdentity,
  type FinishExportRequest,
  type FinishPreparationRequest,
  type FinishTrialRequest,
  heartbeatResponse,
  type ReportRequest,
  type TrialMeasures,
  type Verdict,
  verdict,
} from '#api-contract';
import { type Clock, DomainError } from '#primitives';
import type { ClaimIdentity } from './claim-identity.js';

/** The service took the work away (409) or no longer knows it (404, 410): stop this one piece of work, never the worker. */
export interface LeaseLost {
  readonly lost: true;
  /** The service's own sentence. */
  readonly reason: string;
}
/** An answer of the service, with the moment its request left, from which a renewed lease counts. */
export interface Accepted<T> {
  readonly lost: false;
  readonly value: T;
  /** Monotonic, ms. */
  readonly sentAtMs: number;
}
export type Answer<T> = Accepted<T> | LeaseLost;

/** The service could not be reached in time. */
export class ApiUnavailableError extends DomainError {
  readonly code = 'API_UNAVAILABLE';
}

/** The service understood the request and refused it; repeating it would not help. */
export class ApiRefusedError extends DomainError {
  readonly code = 'API_REFUSED';
  constructor(
    readonly status: number,
    path: string,
    detail: string,
  ) {
    super(`The service refused ${path} with ${status}: ${detail}`);
  }
}

/** Which claim a call belongs to, and until when repeating it makes sense. */
export interface ClaimHandle extends ClaimIdentity {
  readonly attempt: number;
  /** Monotonic, ms; read anew before each try, since heartbeats move it. */
  readonly deadlineMs: () => number;
}

export interface ApiClientOptions {
  /** E.g. `http://127.0.0.1:4680`. */
  readonly baseUrl: string;
  readonly token: string;
  readonly clock: Clock;
  /** Uniform in [0, 1): jitter. */
  readonly random: () => number;
  /** Limit of one try. @default {10000} */
  readonly callTimeoutMs?: number;
  /** Longest pause between two tries. @default {5000} */
  readonly maxBackoffMs?: number;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * The worker's side of the lease protocol: every call has a limit, is repeated with full jitter on network errors and
 * 5xx until the lease's deadline, and every answer is checked against the contract.
 *
 * @throws {ApiUnavailableError} when the deadline passes without an answer.
 * @throws {ApiRefusedError} on any other 4xx, and on an answer that breaks the contract.
 */
export class ApiClient {
  readonly #callTimeoutMs: number;
  readonly #maxBackoffMs: number;

  constructor(private readonly options: ApiClientOptions) {
    this.#callTimeoutMs = options.callTimeoutMs ?? 10_000;
    this.#maxBackoffMs = options.maxBackoffMs ?? 5_000;
  }

  /**
   * Asks once for work; the caller repeats with the same `claimRequestId` until there is an answer, so that a claim
   * whose answer was lost is found again.
   *
   * @returns null where there is nothing to do.
   */
  async claim(request: ClaimRequest, signal?: AbortSignal): Promise<{ claim: Claim | null; sentAtMs: number }> {
    const answer = await this.#once('/v1/worker/claim', request, claim.nullable(), this.#callTimeoutMs, signal);
    if (answer.lost) throw new ApiRefusedError(409, '/v1/worker/claim', answer.reason);
    return { claim: answer.value, sentAtMs: answer.sentAtMs };
  }

  async heartbeat(handle: ClaimHandle): Promise<Answer<{ cancel: boolean }>> {
    return this.#untilDeadline(handle, 'heartbeat', {}, heartbeatResponse);
  }

  /** @param latencyDevice The latency among the measures was measured on it. */
  async profile(
    handle: ClaimHandle,
    measures: Partial<TrialMeasures>,
    latencyDevice: DeviceIdentity,
  ): Promise<Answer<Verdict>> {
    return this.#untilDeadline(handle, 'profile', { measures, latencyDevice }, verdict);
  }

  /** Says which training a trial is, and hears what of it is on record. */
  async continueTrial(
    handle: ClaimHandle,
    ask: Pick<ContinueRequest, 'trajectory' | 'unusable'>,
  ): Promise<Answer<ContinueResponse>> {
    return this.#untilDeadline(handle, 'continue', ask, continueResponse);
  }

  /** @param point What the epoch left, where it was written. */
  async report(
    handle: ClaimHandle,
    report: ReportRequest['report'],
    point?: ReportRequest['point'],
  ): Promise<Answer<Verdict>> {
    return this.#untilDeadline(handle, 'report', { report, point }, verdict);
  }

  async finish(
    handle: ClaimHandle,
    result: FinishBody<FinishTrialRequest | FinishExportRequest | FinishPreparationRequest>,
  ): Promise<Answer<null>> {
    const answer = await this.#untilDeadline(handle, 'finish', result, z.unknown());
    return answer.lost ? answer : { ...answer, value: null };
  }

  /** Gives the work back within `limitMs`; the attempt does not count. */
  async release(handle: ClaimHandle, limitMs: number): Promise<Answer<null>> {
    const deadline = Math.min(handle.deadlineMs(), this.options.clock.monotonicMs() + limitMs);
    const answer = await this.#untilDeadline({ ...handle, deadlineMs: () => deadline }, 'release', {}, z.unknown());
    return answer.lost ? answer : { ...answer, value: null };
  }

  async #untilDeadline<T>(handle: ClaimHandle, verb: string, body: Body, schema: z.ZodType<T>): Promise<Answer<T>> {
    const path = `/v1/worker/${handle.kind}s/${handle.id}/${verb}`;
    for (let tries = 0; ; tries++) {
      const leftMs = handle.deadlineMs() - this.options.clock.monotonicMs();
      if (leftMs <= 0) throw new ApiUnavailableError(`No answer to ${path} before the lease ran out`);
      try {
        const limitMs = Math.min(leftMs, this.#callTimeoutMs);
        return await this.#once(path, { ...body, attempt: handle.attempt }, schema, limitMs);
      } catch (error) {
        if (!(error instanceof ApiUnavailableError)) throw error;
        const pauseMs = this.options.random() * Math.min(this.#maxBackoffMs, 200 * 2 ** tries);
        await pause(Math.min(pauseMs, Math.max(0, handle.deadlineMs() - this.options.clock.monotonicMs())));
      }
    }
  }

  async #once<T>(
    path: string,
    body: Body,
    schema: z.ZodType<T>,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<Answer<T>> {
    const sentAtMs = this.options.clock.monotonicMs();
    const { status, text } = await this.#send(path, body, limitMs, signal);
    if (status >= 500 || status === 429 || status === 408) {
      throw new ApiUnavailableError(`${path} answered ${status}${describe(text)}`);
    }
    if (path.endsWith('/claim') ? status === 409 : [404, 409, 410].includes(status)) {
      return { lost: true, reason: detailOf(text) };
    }
    if (status >= 300) throw new ApiRefusedError(status, path, detailOf(text));
    const parsed = schema.safeParse(status === 204 ? null : parseJson(text));
    if (!parsed.success)
      throw new ApiRefusedError(status, path, `the answer breaks the contract: ${parsed.error.message}`);
    return { lost: false, value: parsed.data, sentAtMs };
  }

  async #send(
    path: string,
    body: Body,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    // By hand: AbortSignal.any() on a signal that lives as long as the worker would collect a listener per call.
    const call = new AbortController();
    const abort = () => call.abort();
    const limit = setTimeout(() => call.abort(new Error(`no answer within ${Math.ceil(limitMs)} ms`)), limitMs);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const response = await fetch(new URL(path, this.options.baseUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.options.token}` },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: call.signal,
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new ApiUnavailableError(`${path}: ${reasonOf(error)}`, { cause: error });
    } finally {
      clearTimeout(limit);
      signal?.removeEventListener('abort', abort);
    }
  }
}

/** A finish request without its fencing token, which the client adds. */
export type FinishBody<Request> = Request extends unknown ? Omit<Request, 'attempt'> : never;

/** Waits, or until the signal comes. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function detailOf(text: string): string {
  const body = parseJson(text) as { detail?: unknown; title?: unknown } | null | undefined;
  return String(body?.detail ?? body?.title ?? (text.slice(0, 200) || 'no reason given'));
}

function describe(text: string): string {
  return text === '' ? '' : `: ${detailOf(text)}`;
}

/** The innermost readable reason: fetch hides "connect ECONNREFUSED 127.0.0.1:4680" in a cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message : String(cause);
}
