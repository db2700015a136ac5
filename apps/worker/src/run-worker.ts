import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claim } from '#api-contract';
import { systemClock } from '#primitives';
import { ApiClient } from './api-client.js';
import { entryFile } from './child-run.js';
import { claimIdentity, describeClaim } from './claim-identity.js';
import { claimLoop, type WorkOutcome } from './claim-loop.js';
import type { Command } from './config.js';
import { lockDevice } from './device-lock.js';
import { chooseDevices, type WorkerDevice } from './devices/choose-devices.js';
import { deviceEnvironment } from './devices/device-environment.js';
import { DeviceFinder } from './devices/find-devices.js';
import { deviceLabel } from './devices/parse-devices.js';
import { probeInChild } from './devices/probe-in-child.js';
import { tensorflowSetting } from './devices/tensorflow-setting.js';
import type { WorkContext } from './leased-work.js';
import type { Log } from './log.js';
import type { ProcessLock } from './process-lock.js';
import { superviseExport } from './supervise-export.js';
import { supervisePreparation } from './supervise-preparation.js';
import { superviseTrial } from './supervise-trial.js';
import { sweepLeftovers } from './sweep-leftovers.js';
import { versionOf } from './version-of.js';
import { warmTrainer } from './warm-trainer.js';

type RunCommand = Extract<Command, { name: 'run' }>;

/**
 * The worker's life: takes its devices, claims and does work on each until `stop`, gives them back. What ends the claims
 * of one device does not end those of the others.
 *
 * @throws {DeviceUnavailableError} if a named device does not work.
 * @throws {DeviceBusyError} if another worker has one of the devices.
 * @throws {ApiRefusedError} if the service refuses this worker for good.
 */
export async function runWorker(command: RunCommand, stop: AbortSignal, log: Log): Promise<void> {
  const environment = deviceEnvironment(command.childEnvironment);
  const finder = new DeviceFinder(probeInChild({ environment, signal: stop }), environment, command.data);
  const chosen = await chooseDevices(command.devices, finder).catch((error: unknown) => {
    // The probes were ended, so no device seems to work.
    if (!stop.aborted) throw error;
  });
  if (chosen === undefined || stop.aborted) return;
  const { devices, passedOver } = chosen;
  for (const { class: deviceClass, index, problem } of passedOver) {
    log.info('device.unused', `Device ${deviceLabel(deviceClass, index)} is not used: ${problem}`);
  }
  await mkdir(command.data, { recursive: true });
  const workers = devices.map((device) => ({ device, workerId: workerIdOn(command.workerId, device, devices.length) }));
  const locks: ProcessLock[] = [];
  try {
    for (const { device, workerId } of workers) {
      const label = deviceLabel(device.device.class, device.device.index);
      locks.push(await lockDevice(join(command.data, 'locks'), label, workerId));
    }
    const swept = await sweepLeftovers(command.data, systemClock.now());
    if (swept.length > 0)
      log.info('worker.swept', `Removed ${swept.length} unfinished files of killed processes`, { swept });
    await allEnded(
      workers.map(({ device, workerId }) => claimOn(device, workerId, { ...command, childEnvironment: environment })),
    );
  } finally {
    for (const lock of locks) await lock.release();
  }

  async function claimOn(found: WorkerDevice, workerId: string, told: RunCommand): Promise<void> {
    const { execution } = found;
    const device = { ...found.device, runtime: `onnxruntime ${versionOf('onnxruntime-node') ?? 'unknown'}` };
    const api = new ApiClient({ baseUrl: told.api, token: told.token, clock: systemClock, random: Math.random });
    const setting = {
      execution,
      childEnvironment: told.childEnvironment,
      ...tensorflowSetting(device, told.data, told.childEnvironment),
    };
    const context: WorkContext = {
      api,
      log,
      stop,
      clock: systemClock,
      dataFolder: told.data,
      featureBytes: told.featureBytes,
      device,
      entryFile,
      ...setting,
      ...warmTrainer(setting.childEnvironment, devices.length, stop),
    };
    const label = deviceLabel(device.class, device.index);
    const where = device.class === 'cpu' ? device.name : `${label}, ${device.name}`;
    const ready = `Worker ${workerId} on ${where} (${device.threads} threads) asks ${told.api}`;
    log.info('worker.ready', ready, { workerId, device });
    context.trainer.prepare();
    try {
      await claimLoop({
        api,
        workerId,
        device,
        signal: stop,
        log,
        random: Math.random,
        work: (claim, sentAtMs) => logged(claim, log, () => doClaim(claim, sentAtMs, context)),
      });
    } catch (error) {
      if (devices.length > 1) log.error('worker.ended', `Worker ${workerId} ends: ${(error as Error).message}`);
      throw error;
    } finally {
      await context.trainer.close();
    }
  }
}

/** One worker for each device is told apart by it: `desk@cuda:1`. A single one keeps its name. */
function workerIdOn(workerId: string, { device }: WorkerDevice, count: number): string {
  const suffix = `@${deviceLabel(device.class, device.index)}`;
  return count === 1 ? workerId : workerId.slice(0, 120 - suffix.length) + suffix;
}

/** Waits for all, however one of them ends; then throws what the first to fail has thrown. */
async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === 'rejected') throw result.reason;
}

function doClaim(claim: Claim, sentAtMs: number, context: WorkContext): Promise<WorkOutcome> {
  switch (claim.kind) {
    case 'trial':
      return superviseTrial(claim, sentAtMs, context);
    case 'export':
      return superviseExport(claim, sentAtMs, context);
    case 'profile':
    case 'probe':
      return supervisePreparation(claim, sentAtMs, context);
  }
}

async function logged(claim: Claim, log: Log, work: () => Promise<WorkOutcome>): Promise<WorkOutcome> {
  const { name, what } = describeClaim(claim);
  const fields = { kind: claim.kind, id: claimIdentity(claim).id, attempt: claim.attempt };
  log.info('work.started', `${name}: ${what}`, fields);
  const startedMs = systemClock.monotonicMs();
  const outcome = await work();
  const seconds = (systemClock.monotonicMs() - startedMs) / 1000;
  log.info('work.ended', `${name}: ${outcome} after ${seconds.toFixed(1)} s`, { ...fields, outcome, seconds });
  return outcome;
}
