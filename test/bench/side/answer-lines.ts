import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** The other end of a `StepProcess`: answers every line of JSON with one; what `answer` throws is told as `{"error"}`. */
export async function answerLines(answer: (request: never) => Promise<object>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const given = await answer(JSON.parse(line) as never).catch((error: Error) => ({ error: error.message }));
    process.stdout.write(`${JSON.stringify(given)}\n`);
  }
}

/** Most memory this process ever held, bytes. */
export function peakBytes(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // no /proc: what follows is as good, except that Linux counts the process before exec
  }
  return process.resourceUsage().maxRSS * 1024;
}
