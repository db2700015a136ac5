/** What one picture may cost before it is refused. */
export interface PictureLimits {
  /** Largest file, bytes. Integer >= 1. @default {33554432} */
  readonly maxFileBytes: number;
  /** Largest picture, width × height in pixels. Integer >= 1. @default {25000000} */
  readonly maxPixels: number;
  /** Longest decoding of one picture, milliseconds. Integer >= 1. @default {10000} */
  readonly timeoutMs: number;
  /** Largest resident memory of the child process that decodes, bytes. @default {1073741824} */
  readonly maxMemoryBytes: number;
  /** Also refuse pictures whose decoder only warns (stray bytes, broken metadata); they load elsewhere. @default {false} */
  readonly refuseWarnings: boolean;
}

/** A 25-megapixel picture decodes to 75 MB of RGB; libvips' own limit of 268 megapixels lets a 600 kB PNG take 700 MB. */
export const defaultPictureLimits: PictureLimits = {
  maxFileBytes: 32 * 1024 * 1024,
  maxPixels: 25_000_000,
  timeoutMs: 10_000,
  maxMemoryBytes: 1024 * 1024 * 1024,
  refuseWarnings: false,
};
