import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Gpu, nvidia } from './gpu.js';
import type { runTool } from './run-tool.js';

/** What `nvidia-smi` is asked for; the columns of its answer. */
const query = ['index', 'uuid', 'pci.bus_id', 'name', 'memory.total', 'driver_version'];

/** An NVIDIA card with the names that CUDA_VISIBLE_DEVICES may use for it. */
export interface NvidiaGpu extends Gpu {
  readonly uuid: string | null;
}

/** NVIDIA's cards in the order of their PCI addresses, which is CUDA's under CUDA_DEVICE_ORDER=PCI_BUS_ID. */
export async function nvidiaGpus(run: typeof runTool, procFolder = '/proc/driver/nvidia'): Promise<NvidiaGpu[]> {
  const answer = await run('nvidia-smi', [`--query-gpu=${query.join(',')}`, '--format=csv,noheader,nounits']);
  return answer === null ? nvidiaGpusOfProc(procFolder) : parseNvidiaSmi(answer);
}

/** Reads `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`. What a card does not support reads `[N/A]`. */
export function parseNvidiaSmi(text: string): NvidiaGpu[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length === query.length && /^\d+$/.test(cells[0]))
    .sort((a, b) => Number(a[0]) - Number(b[0]))
    .map(([, uuid, address, name, mebibytes, version]) => ({
      vendorId: nvidia,
      uuid: known(uuid),
      pciAddress: normalAddress(address),
      name: known(name),
      memoryBytes: /^\d+$/.test(mebibytes) ? Number(mebibytes) * 2 ** 20 : null,
      driver: known(version) && `nvidia ${version}`,
    }));
}

/** What the kernel module says where there is no `nvidia-smi`; it does not tell how much memory there is. */
export function nvidiaGpusOfProc(folder: string): NvidiaGpu[] {
  let addresses: string[];
  try {
    addresses = readdirSync(join(folder, 'gpus')).sort();
  } catch {
    return [];
  }
  const version = / Module\s+(?:for \S+\s+)?(\d[\d.]*)/.exec(textOf(join(folder, 'version')))?.[1];
  return addresses.map((address) => {
    const information = textOf(join(folder, 'gpus', address, 'information'));
    const field = (name: string) => new RegExp(`^${name}:\\s*(.+?)\\s*$`, 'm').exec(information)?.[1] ?? null;
    return {
      vendorId: nvidia,
      uuid: field('GPU UUID'),
      pciAddress: normalAddress(address),
      name: field('Model'),
      memoryBytes: null,
      driver: version === undefined ? 'nvidia' : `nvidia ${version}`,
    };
  });
}

/** Those that CUDA shows a process, in the order it numbers them. */
export function visibleGpus(gpus: readonly NvidiaGpu[], visibleDevices: string | undefined): NvidiaGpu[] {
  if (visibleDevices === undefined) return [...gpus];
  const visible: NvidiaGpu[] = [];
  for (const name of visibleDevices.split(',').map((text) => text.trim())) {
    const gpu = /^\d+$/.test(name)
      ? gpus[Number(name)]
      : gpus.find(({ uuid }) => name !== '' && uuid?.startsWith(name));
    // CUDA stops at the first name that it does not know.
    if (gpu === undefined) break;
    visible.push(gpu);
  }
  return visible;
}

function known(cell: string): string | null {
  return cell === '' || /^\[.*\]$/.test(cell) ? null : cell;
}

/** `nvidia-smi` writes the domain with eight digits, the kernel with four. */
function normalAddress(address: string): string | null {
  const [, domain, rest] = /^([0-9a-f]+):([0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f])$/i.exec(address) ?? [];
  return rest === undefined ? null : `${domain.slice(-4)}:${rest}`.toLowerCase();
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
