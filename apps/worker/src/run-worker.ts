import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claim } from '#api-contract';
import { systemClock } from '#primitives';
import { ApiClient } from './api-client.js';
import { entryFile } from './child-run.js';
import { claimLoop, type WorkOutcome } from './claim-loop.js';
import type { Command } from './config.js';
import { describeDevice } from './device.js';
import { lockDevice } from './device-lock.js';
import type { WorkContext } from './leased-work.js';
import type { Log } from './log.js';
import { superviseExport } from './supervise-export.js';
import { superviseTrial } from './supervise-trial.js';
import { sweepLeftovers } from './sweep-leftovers.js';

/**
 * The worker's life: takes the device, claims and does work until `stop`, gives the device back.
 *
 * @throws {DeviceBusyError} if another worker has the device.
 * @throws {ApiRefusedError} if the service refuses this worker for good.
 */
export async function runWorker(
  command: Extract<Command, { name: 'run' }>,
  stop: AbortSignal,
  log: Log,
): Promise<void> {
  const device = describeDevice();
  await mkdir(command.data, { recursive: true });
  const lock = await lockDevice(join(command.data, 'locks'), device.class, command.workerId);
  const api = new ApiClient({ baseUrl: command.api, token: command.token, clock: systemClock, random: Math.random });
  const context: WorkContext = {
    api,
    log,
    stop,
    clock: systemClock,
    dataFolder: command.data,
    threads: device.threads,
    childEnvironment: command.childEnvironment,
    entryFile,
  };
  log.info(
    'worker.ready',
    `Worker ${command.workerId} on ${device.name} (${device.threads} threads) asks ${command.api}`,
    {
      workerId: command.workerId,
      device,
    },
  );
  try {
    const swept = await sweepLeftovers(command.data, systemClock.now());
    if (swept.length > 0)
      log.info('worker.swept', `Removed ${swept.length} unfinished files of killed processes`, { swept });
    await claimLoop({
      api,
      workerId: command.workerId,
      device,
      signal: stop,
      log,
      random: Math.random,
      work: (claim, sentAtMs) => logged(claim, log, () => doClaim(claim, sentAtMs, context)),
    });
  } finally {
    await lock.release();
  }
}

function doClaim(claim: Claim, sentAtMs: number, context: WorkContext): Promise<WorkOutcome> {
  return claim.kind === 'trial' ? superviseTrial(claim, sentAtMs, context) : superviseExport(claim, sentAtMs, context);
}

async function logged(claim: Claim, log: Log, work: () => Promise<WorkOutcome>): Promise<WorkOutcome> {
  const { architecture, retrainDepth, learningRate, epochs } = claim.parameters;
  const name =
    claim.kind === 'trial'
      ? `Trial ${claim.number} of "${claim.studyName}"`
      : `Export of trial ${claim.trialNumber} of "${claim.studyName}"`;
  const fields = {
    kind: claim.kind,
    id: claim.kind === 'trial' ? claim.trialId : claim.exportId,
    attempt: claim.attempt,
  };
  const what = `${architecture}, ${retrainDepth}, learning rate ${learningRate.toPrecision(3)}, ${epochs} epochs`;
  log.info('work.started', `${name}: ${what}`, fields);
  const startedMs = systemClock.monotonicMs();
  const outcome = await work();
  const seconds = (systemClock.monotonicMs() - startedMs) / 1000;
  log.info('work.ended', `${name}: ${outcome} after ${seconds.toFixed(1)} s`, { ...fields, outcome, seconds });
  return outcome;
}
