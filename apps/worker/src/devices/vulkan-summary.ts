/** A device as `vulkaninfo` describes it. */
export interface VulkanDevice {
  readonly vendorId: number;
  readonly deviceId: number;
  readonly name: string;
  /** E.g. `radv Mesa 25.0.7`. */
  readonly driver: string | null;
  /** The processor plays the graphics card. */
  readonly software: boolean;
}

/** Reads the devices of `vulkaninfo --summary`. */
export function parseVulkanSummary(text: string): VulkanDevice[] {
  return text
    .split(/^GPU\d+:\s*$/m)
    .slice(1)
    .flatMap((section) => {
      const field = (name: string) => new RegExp(`^\\s*${name}\\s*=\\s*(.+?)\\s*$`, 'm').exec(section)?.[1];
      const name = field('deviceName');
      const [vendorId, deviceId] = [Number(field('vendorID')), Number(field('deviceID'))];
      if (name === undefined || Number.isNaN(vendorId) || Number.isNaN(deviceId)) return [];
      const driver = [field('driverName'), field('driverInfo')].filter((part) => part !== undefined).join(' ');
      const software = field('deviceType') === 'PHYSICAL_DEVICE_TYPE_CPU';
      return [{ vendorId, deviceId, name, driver: driver === '' ? null : driver, software }];
    });
}
