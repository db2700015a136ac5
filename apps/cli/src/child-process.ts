import { type ChildProcess as NodeChild, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from './cli-error.js';
import { childEnvironment } from './config.js';
import { exitCode } from './exit-code.js';
import { descendants, identityOf, isRunning, type ProcessIdentity } from './process-tree.js';
import { repository } from './repository.js';

/** What runs and where its output goes. */
export interface ChildOptions {
  /** For messages: `API`, `worker`. */
  readonly name: string;
  /** The JavaScript file. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Told how far the process says it is, by messages `{ progress: { done, total } }`. */
  readonly onProgress?: (done: number, total: number) => void;
  /** File that stdout and stderr are appended to; absent: they are those of this process. */
  readonly logFile?: string;
  /** Working folder; absent: that of this process. */
  readonly folder?: string;
  /** Hears what the process prints, in place of this one's stdout and stderr. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How often a process that was told to stop is looked at for new children, ms. */
const meetMs = 250;

/**
 * One Node process of ours. It ends itself when this process is gone (follow-parent.ts); nothing but its log file and
 * the messages it sends come back from it.
 */
export class ChildProcess {
  readonly ended: Promise<Ending>;
  private readonly child: NodeChild;
  private readonly messages: unknown[] = [];
  private ending: Ending | undefined;
  private onMessage: (() => void) | undefined;

  constructor(readonly options: ChildOptions) {
    const { entry, args, env = {}, logFile, folder, onOutput, onProgress } = options;
    const log = logFile === undefined ? undefined : openLog(logFile);
    const output = log ?? (onOutput ? 'pipe' : 'inherit');
    const spawning: SpawnOptions = {
      env: childEnvironment({ ...env, RETUNE_PARENT: String(process.pid) }),
      stdio: ['ignore', output, output, 'ipc'],
    };
    if (folder !== undefined) spawning.cwd = folder;
    const preload = pathToFileURL(repository.followParent).href;
    this.child = spawn(process.execPath, ['--enable-source-maps', '--import', preload, entry, ...args], spawning);
    if (log !== undefined) closeSync(log);
    for (const stream of ['stdout', 'stderr'] as const) {
      this.child[stream]?.setEncoding('utf8').on('data', (text: string) => onOutput?.(stream, text));
    }
    this.child.on('message', (message) => {
      const { progress } = message as { progress?: { done: number; total: number } };
      if (progress !== undefined) {
        onProgress?.(progress.done, progress.total);
        return;
      }
      this.messages.push(message);
      this.onMessage?.();
    });
    this.ended = new Promise((resolve) => {
      const end = (ending: Ending) => {
        this.ending ??= ending;
        this.onMessage?.();
        resolve(this.ending);
      };
      // 'close' comes when all output has been read, unlike 'exit'.
      this.child.once(onOutput ? 'close' : 'exit', (code, signal) => end({ code, signal }));
      this.child.once('error', () => end({ code: null, signal: null }));
    });
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get running(): boolean {
    return this.ending === undefined;
  }

  /**
   * Waits for a message.
   *
   * @throws {CliError} with the end of the log when the process ends first.
   * @throws the signal's reason when that is aborted first.
   */
  async message<Message>(accept: (message: unknown) => Message | undefined, signal: AbortSignal): Promise<Message> {
    for (let next = 0; ; ) {
      signal.throwIfAborted();
      for (; next < this.messages.length; next += 1) {
        const accepted = accept(this.messages[next]);
        if (accepted !== undefined) return accepted;
      }
      if (this.ending) throw this.failure();
      await this.change(signal);
    }
  }

  /** Why the process ended, with the last lines of its log; bad input of its is bad input of ours. */
  failure(): CliError {
    const { name, logFile } = this.options;
    const { code, signal } = this.ending ?? {};
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`;
    const details = logFile === undefined ? [] : [...logTail(logFile, 5), `The whole log: ${logFile}`];
    const exit = code === exitCode.badInput ? exitCode.badInput : exitCode.failed;
    return new CliError(`The ${name} ${how}`, exit, details);
  }

  /** Asks the process to end, and ends it and everything it started where it has not after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (!this.running || this.pid < 0) return;
    const family = new Map<number, ProcessIdentity>();
    const meet = () => {
      for (const pid of [this.pid, ...descendants(this.pid)]) family.set(pid, family.get(pid) ?? identityOf(pid));
    };
    meet();
    this.child.kill('SIGTERM');
    // What it starts while it stops is its own as well, and could not be told any more once it has ended.
    const meeting = setInterval(meet, meetMs);
    const inTime = await Promise.race([this.ended.then(() => true), timeout(graceMs).then(() => false)]);
    clearInterval(meeting);
    if (!inTime) meet();
    for (const member of family.values()) {
      if (member.pid !== this.pid || !inTime) killHard(member);
    }
    await this.ended;
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        this.onMessage = undefined;
        resolve();
      };
      this.onMessage = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** The last lines of a log that say something; JSON lines by their message, long ones cut. */
function logTail(file: string, count: number): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').slice(-20_000);
  } catch {
    return [];
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).map((line) => `${basename(file)}: ${messageOf(line).slice(0, 300)}`);
}

function messageOf(line: string): string {
  try {
    const { message } = JSON.parse(line) as { message?: unknown };
    return typeof message === 'string' ? (message.split('\n', 1)[0] as string) : line;
  } catch {
    return line;
  }
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, 'a');
}

function killHard(member: ProcessIdentity): void {
  try {
    if (isRunning(member)) process.kill(member.pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

function timeout(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
