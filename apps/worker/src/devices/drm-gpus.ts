import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Gpu } from './gpu.js';
import type { VulkanDevice } from './vulkan-summary.js';

const makers: Readonly<Record<number, string>> = {
  4098: 'AMD',
  4318: 'NVIDIA',
  6880: 'virtio',
  32902: 'Intel',
};

/**
 * Graphics cards that Linux has a driver for, by their PCI addresses.
 *
 * @param vulkan What Vulkan calls them: the kernel knows numbers only.
 */
export function drmGpus(vulkan: readonly VulkanDevice[], folder = '/sys/class/drm'): Gpu[] {
  let entries: string[];
  try {
    entries = readdirSync(folder).filter((name) => /^card\d+$/.test(name));
  } catch {
    return [];
  }
  return entries
    .map((entry) => describe(join(folder, entry, 'device'), vulkan))
    .sort((a, b) => (a.pciAddress ?? '').localeCompare(b.pciAddress ?? ''));
}

function describe(device: string, vulkan: readonly VulkanDevice[]): Gpu {
  const vendorId = numberIn(join(device, 'vendor'));
  const deviceId = numberIn(join(device, 'device'));
  const same = vulkan.find((one) => one.vendorId === vendorId && one.deviceId === deviceId && !one.software);
  return {
    vendorId,
    name: same?.name ?? nameOf(vendorId, deviceId),
    memoryBytes: numberIn(join(device, 'mem_info_vram_total')),
    driver: same?.driver ?? linkName(join(device, 'driver')),
    pciAddress: /^PCI_SLOT_NAME=(\S+)$/m.exec(textIn(join(device, 'uevent')) ?? '')?.[1] ?? null,
  };
}

function nameOf(vendorId: number | null, deviceId: number | null): string | null {
  if (vendorId === null || deviceId === null) return null;
  const hexadecimal = (value: number) => `0x${value.toString(16).padStart(4, '0')}`;
  return `${makers[vendorId] ?? hexadecimal(vendorId)} GPU ${hexadecimal(deviceId)}`;
}

function numberIn(file: string): number | null {
  const text = textIn(file)?.trim() ?? '';
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : null;
}

function textIn(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function linkName(link: string): string | null {
  try {
    return basename(readlinkSync(link));
  } catch {
    return null;
  }
}
