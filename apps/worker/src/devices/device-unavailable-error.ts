import { DomainError } from '#primitives';

/** A device that was named and does not work here. */
export class DeviceUnavailableError extends DomainError {
  readonly code = 'DEVICE_UNAVAILABLE';
  constructor(device: string, problem: string | null) {
    super(`Cannot use device ${device}: ${problem}. "retune doctor" lists the devices of this machine.`);
  }
}
