import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { debianPython } from './torch-process.js';

/** Whether Debian's Python has a package; says on stderr what to install where it has not. */
export function hasPython(packageName: string): boolean {
  try {
    execFileSync(debianPython, ['-c', `import ${packageName}`], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write(`skipped: needs Debian's python3-${packageName}\n`);
    return false;
  }
}

/** Runs a script of the repository and gives what it prints. */
export function runPython(script: URL, args: readonly string[]): string {
  return execFileSync(debianPython, [fileURLToPath(script), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
}
