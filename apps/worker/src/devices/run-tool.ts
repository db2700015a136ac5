import { execFile } from 'node:child_process';

/** How long a program that describes devices may take, ms. A driver that hangs hangs them too. */
const limitMs = 5000;

/** What a program of the system prints; null where it is not there, fails, or takes too long. */
export function runTool(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: limitMs, killSignal: 'SIGKILL', windowsHide: true } as const;
    execFile(program, [...args], options, (error, stdout) => resolve(error ? null : stdout));
  });
}
