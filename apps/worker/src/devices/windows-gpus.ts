import type { Gpu } from './gpu.js';

/** What PowerShell is asked for. */
export const videoControllerQuery =
  'Get-CimInstance Win32_VideoController | Select-Object Name,AdapterRAM,DriverVersion | ConvertTo-Json -Compress';

/** AdapterRAM is a 32-bit number that sticks at 4 GiB less a MiB: what is that large may be larger. */
const mostBytes = 0xfff00000;

/** Reads the answer to {@link videoControllerQuery}: one object, or a list. */
export function parseVideoControllers(text: string): Gpu[] {
  const controllers = [parse(text)].flat() as (Record<string, unknown> | null)[];
  return controllers
    .filter((controller) => typeof controller?.Name === 'string')
    .map((controller) => {
      const { Name: name, AdapterRAM: bytes, DriverVersion: version } = controller as Record<string, unknown>;
      return {
        vendorId: null,
        name: name as string,
        memoryBytes: typeof bytes === 'number' && bytes > 0 && bytes < mostBytes ? bytes : null,
        driver: typeof version === 'string' ? version : null,
        pciAddress: null,
      };
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
