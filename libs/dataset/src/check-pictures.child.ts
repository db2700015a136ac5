/**
 * @file Entry of the child process that decodes pictures of unknown origin; `PictureChecker` starts it and talks to it
 * over IPC. It is given bytes, never a path, has an empty environment, and ends itself when it needs too much memory.
 */
import { type CheckReply, type CheckRequest, memoryExceededExitCode } from './check-protocol.js';
import { UnusablePictureError } from './dataset-error.js';
import { decodeRgb } from './decode-rgb.js';
import { sharp } from './picture-loaders.js';

sharp.concurrency(1);
process.on('disconnect', () => process.exit(0));
// An interrupt from the terminal goes to the whole group; the parent decides what it means.
process.on('SIGINT', () => undefined);

process.on('message', async ({ id, bytes, limits }: CheckRequest) => {
  const watch = setInterval(() => {
    endIfTooLarge(limits.maxMemoryBytes);
  }, 20);
  let reply: CheckReply;
  try {
    const { width, height } = await decodeRgb(bytes, limits);
    endIfTooLarge(limits.maxMemoryBytes);
    reply = { id, width, height };
  } catch (error) {
    reply = { id, reason: error instanceof UnusablePictureError ? error.reason : String(error) };
  }
  clearInterval(watch);
  process.send?.(reply);
});

function endIfTooLarge(maxMemoryBytes: number): void {
  if (process.memoryUsage.rss() > maxMemoryBytes) process.exit(memoryExceededExitCode);
}

process.send?.('ready');
