import type { Gpu } from './gpu.js';

/** Reads `system_profiler SPDisplaysDataType -json`. Apple's own chips have no memory of their own: that is null. */
export function parseSystemProfiler(text: string): Gpu[] {
  const { SPDisplaysDataType: displays } = parse(text);
  if (!Array.isArray(displays)) return [];
  return displays.map((display: Record<string, unknown>) => ({
    vendorId: null,
    name: typeof display.sppci_model === 'string' ? display.sppci_model : null,
    memoryBytes: bytesOf(display.spdisplays_vram),
    driver: typeof display.spdisplays_mtlgpufamilysupport === 'string' ? 'Metal' : null,
    pciAddress: null,
  }));
}

function bytesOf(text: unknown): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) (MB|GB)$/.exec(String(text)) ?? [];
  return amount === undefined ? null : Number(amount) * (unit === 'GB' ? 2 ** 30 : 2 ** 20);
}

function parse(text: string): { SPDisplaysDataType?: unknown } {
  try {
    return (JSON.parse(text) as { SPDisplaysDataType?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}
