import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from './cli-error.js';
import { delay } from './interruption.js';
import { commandLine, identityOf, isRunning, type ProcessIdentity } from './process-tree.js';

/** Who serves a data folder: the command, and the processes it started. */
interface Holder extends ProcessIdentity {
  readonly children: readonly ProcessIdentity[];
}

/** How long the processes of a command that was killed may take to notice and stop, ms; see follow-parent.ts. */
const orphanGraceMs = 30_000;

/** One `retune start` or `retune demo` per data folder: two would stop each other's database. */
export class DataFolderLock {
  private readonly file: string;
  private readonly children: ProcessIdentity[] = [];

  private constructor(dataFolder: string) {
    this.file = join(dataFolder, 'locks', 'service.json');
  }

  /**
   * Takes the lock. One left by a command that was killed is taken over when its processes are gone.
   *
   * @throws {CliError} when another command that is alive holds it.
   */
  static async take(dataFolder: string, signal: AbortSignal): Promise<DataFolderLock> {
    const lock = new DataFolderLock(dataFolder);
    mkdirSync(join(dataFolder, 'locks'), { recursive: true });
    for (;;) {
      try {
        writeFileSync(lock.file, lock.content(), { flag: 'wx' });
        return lock;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      await lock.takeOver(dataFolder, signal);
    }
  }

  /** Notes a process that must be gone before the folder can be served again. */
  addChild(pid: number): void {
    this.children.push(identityOf(pid));
    writeFileSync(this.file, this.content());
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  private content(): string {
    return JSON.stringify({ ...identityOf(process.pid), children: this.children } satisfies Holder);
  }

  private async takeOver(dataFolder: string, signal: AbortSignal): Promise<void> {
    const holder = this.read();
    if (holder && isOurs(holder)) {
      throw new CliError(`The data folder ${dataFolder} is in use by process ${holder.pid}`, 1, [
        'Stop that one first, or name another folder with --data.',
      ]);
    }
    const until = performance.now() + orphanGraceMs;
    for (const child of holder?.children ?? []) {
      while (isOurs(child) && performance.now() < until) await delay(100, signal);
      if (isOurs(child)) process.kill(child.pid, 'SIGKILL');
    }
    this.release();
  }

  private read(): Holder | undefined {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as Holder;
    } catch {
      return undefined; // torn or gone: nobody holds it
    }
  }
}

/**
 * Ids are used again by the system, after a restart of the machine even soon: only the process that was noted counts,
 * which looks like one of this project and is not this one.
 */
function isOurs(noted: ProcessIdentity): boolean {
  if (noted.pid === process.pid || !isRunning(noted)) return false;
  return /retune|[\\/]apps[\\/](api|worker|cli)[\\/]/.test(commandLine(noted.pid));
}
