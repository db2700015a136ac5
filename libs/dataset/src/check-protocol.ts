import type { PictureLimits } from './picture-limits.js';

/** One picture for the child process to decode. */
export interface CheckRequest {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly limits: PictureLimits;
}

/** The size of a picture that decodes, pixels, or why it does not. */
export type CheckReply =
  | { readonly id: number; readonly width: number; readonly height: number }
  | { readonly id: number; readonly reason: string };

/** The child ends itself with this code when its resident memory passes the limit. */
export const memoryExceededExitCode = 86;
