/** A graphics card as the system describes it. What the system does not tell is null. */
export interface Gpu {
  /** Who made it, as PCI numbers makers: 0x10de is NVIDIA. */
  readonly vendorId: number | null;
  readonly name: string | null;
  /** Of its own, bytes. */
  readonly memoryBytes: number | null;
  /** Name and version. */
  readonly driver: string | null;
  /** `0000:01:00.0`. */
  readonly pciAddress: string | null;
}

/** PCI's number of NVIDIA: the cards that CUDA runs on. */
export const nvidia = 0x10de;
