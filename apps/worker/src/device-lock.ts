import { hostname } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '#primitives';
import { type LockHolder, type ProcessLock, tryLock } from './process-lock.js';

/** Another living worker uses the device: two that measure side by side would both measure wrong latencies. */
export class DeviceBusyError extends DomainError {
  readonly code = 'DEVICE_BUSY';
  constructor(
    device: string,
    readonly holder: LockHolder,
    readonly file: string,
  ) {
    super(
      `Cannot use device ${device}: worker ${holder.worker} (process ${holder.pid}) already uses it with this data folder. ` +
        'Latency is only true with the device alone; stop that worker first.',
    );
  }
}

/**
 * Takes `<folder>/worker-<host>-<device>.lock` for this process; a lock left by a dead process is taken over.
 *
 * @param device As `--devices` names it: `cpu`, `cuda:1`.
 * @throws {DeviceBusyError} while the holder lives.
 */
export async function lockDevice(folder: string, device: string, worker: string): Promise<ProcessLock> {
  const file = join(folder, `worker-${hostname()}-${device}.lock`.replace(/[^A-Za-z0-9._-]/g, '_'));
  const lock = await tryLock(file, worker);
  if ('release' in lock) return lock;
  throw new DeviceBusyError(device, lock, file);
}
