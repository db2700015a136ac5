import { execFileSync } from 'node:child_process';

/** Debian's Python: packages of apt are invisible to any other. */
const python = '/usr/bin/python3';

/** Whether Debian's Python has a package; says on stderr what to install where it has not. */
export function hasPython(packageName: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${packageName}`], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write(`skipped: needs Debian's python3-${packageName}\n`);
    return false;
  }
}

/** Runs a script of the repository and gives what it prints. */
export function runPython(script: URL, args: readonly string[]): string {
  return execFileSync(python, [script.pathname, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
}
