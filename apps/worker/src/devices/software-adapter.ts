/** Vulkan drivers that let the processor play the graphics card, by their files. */
const imitations: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/libvk_swiftshader\.so/, 'SwiftShader'],
  [/libvulkan_lvp\.so/, 'llvmpipe'],
];

/** Device files of graphics cards. */
const cardFile = /^\/dev\/(dri\/renderD\d+|nvidia\d+|dxg|kgsl-3d0|mali\d+)$/;

/**
 * The software that plays the graphics card of this process's WebGPU session; null where a real card does, or nothing
 * tells. ONNX Runtime does not say which adapter it took: a software driver that is loaded, and no card that is open, does.
 *
 * @param maps Contents of /proc/self/maps.
 * @param openFiles Targets of the links in /proc/self/fd.
 */
export function softwareAdapter(maps: string, openFiles: readonly string[]): string | null {
  if (openFiles.some((file) => cardFile.test(file))) return null;
  return imitations.find(([pattern]) => pattern.test(maps))?.[1] ?? null;
}

/** Whether a file in /dev is that of a graphics card. */
export function isCardFile(file: string): boolean {
  return cardFile.test(file);
}
