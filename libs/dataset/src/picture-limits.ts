/** What one picture may cost before it is refused. */
export interface PictureLimits {
  /** Largest file, bytes. Integer >= 1. @default {67108864} */
  readonly maxFileBytes: number;
  /** Largest picture, width × height in pixels. Integer >= 1. @default {64000000} */
  readonly maxPixels: number;
  /** Longest side divided by the shortest, >= 1: the long side grows with it when the short one is resized. @default {20} */
  readonly maxAspectRatio: number;
  /** Longest decoding of one picture, milliseconds. Integer >= 1. @default {10000} */
  readonly timeoutMs: number;
  /** Largest resident memory of the child process that decodes, bytes. @default {1073741824} */
  readonly maxMemoryBytes: number;
}

/**
 * Cameras make pictures of up to some 60 megapixels: 192 MB of RGB, for which the child needs 440 to 560 MB (turned or
 * progressive JPEG, transparent or 16-bit PNG, WebP). libvips' own limit of 268 megapixels lets a 600 kB PNG take 700 MB.
 * Panoramas stay below 10 : 1.
 */
export const defaultPictureLimits: PictureLimits = {
  maxFileBytes: 64 * 1024 * 1024,
  maxPixels: 64_000_000,
  maxAspectRatio: 20,
  timeoutMs: 10_000,
  maxMemoryBytes: 1024 * 1024 * 1024,
};
