import { randomUUID } from 'node:crypto';
import type { Claim, Device } from '#api-contract';
import { type ApiClient, ApiUnavailableError, pause } from './api-client.js';
import type { Log } from './log.js';

/** What became of one claim. */
export type WorkOutcome = 'completed' | 'pruned' | 'failed' | 'cancelled' | 'lost' | 'released';

export interface ClaimLoopOptions {
  readonly api: ApiClient;
  readonly workerId: string;
  readonly device: Device;
  /** Does one claim; never throws. `sentAtMs` is when the claim was asked for, monotonic. */
  readonly work: (claim: Claim, sentAtMs: number) => Promise<WorkOutcome>;
  /** Ends the loop; work that is under way is told by its own means. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Pauses, ms: between questions while idle (low to high), and the most while the service is away. */
  readonly pauses?: { readonly idleLowMs: number; readonly idleHighMs: number; readonly awayMs: number };
}

/**
 * Asks for work, does it, asks again, until the signal comes: after work at once, while idle every 0.2–0.8 s, while the
 * service is away with pauses that grow to 10 s and one line in the log per outage.
 *
 * @throws {ApiRefusedError} where the service will never give this worker anything: wrong token, wrong address.
 */
export async function claimLoop(options: ClaimLoopOptions): Promise<void> {
  const { api, signal, log, random } = options;
  const pauses = options.pauses ?? { idleLowMs: 200, idleHighMs: 800, awayMs: 10_000 };
  const lastCall = afterGrace(signal);
  let claimRequestId = randomUUID();
  let failures = 0;
  while (!signal.aborted) {
    try {
      const request = { workerId: options.workerId, claimRequestId, device: options.device };
      const { claim, sentAtMs } = await api.claim(request, lastCall);
      if (failures > 0) log.info('service.back', 'The service answers again');
      failures = 0;
      claimRequestId = randomUUID();
      if (claim) await options.work(claim, sentAtMs);
      else await pause(pauses.idleLowMs + random() * (pauses.idleHighMs - pauses.idleLowMs), signal);
    } catch (error) {
      if (!(error instanceof ApiUnavailableError)) throw error;
      if (signal.aborted) return;
      // The same claimRequestId is asked again: the answer may have been lost on its way here.
      if (failures === 0) log.warn('service.away', `The service cannot be reached, trying on: ${error.message}`);
      failures++;
      await pause(random() * Math.min(pauses.awayMs, 500 * 2 ** failures), signal);
    }
  }
}

/** A question that is already under way gets one more second, so that a claim just granted can be given back. */
function afterGrace(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => controller.abort(), 1000).unref(), { once: true });
  return controller.signal;
}
