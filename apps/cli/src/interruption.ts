import { InterruptedError } from './cli-error.js';
import { exitCode } from './exit-code.js';

const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes on the Ctrl-C that the terminal has sent already: signals this close together are one, ms. */
const sameInterruptionMs = 1500;

/**
 * Turns the first Ctrl-C (or SIGTERM, SIGHUP) into an aborted signal whose reason is an InterruptedError; the second
 * one ends the process at once (its children then stop by themselves, see follow-parent.ts).
 */
export function listenForInterruption(): { readonly signal: AbortSignal } {
  const controller = new AbortController();
  let firstAtMs = 0;
  for (const name of signalNames) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        if (performance.now() - firstAtMs > sameInterruptionMs) endAtOnce();
        return;
      }
      firstAtMs = performance.now();
      controller.abort(new InterruptedError(name));
    });
  }
  return { signal: controller.signal };
}

/** Nobody is left to take a bar away, so the cursor that it hides is shown again here. */
function endAtOnce(): never {
  if (process.stdout.isTTY) process.stdout.write('\u001b[?25h');
  process.exit(exitCode.interrupted);
}

/**
 * Waits; ends early when the signal is aborted.
 *
 * @throws the signal's reason.
 */
export function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
