import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckReply, memoryExceededExitCode } from './check-protocol.js';
import { PictureCheckerError } from './dataset-error.js';
import type { PictureLimits } from './picture-limits.js';
import { repositoryRoot } from './repository-root.js';

/** The size of a picture that decodes, pixels, or why it is refused. */
export type PictureVerdict = { readonly width: number; readonly height: number } | { readonly reason: string };

/** Time above the decoder's own limit after which the child is killed, milliseconds. */
const graceMs = 1500;
/** Time for the child to start, milliseconds; a cold disk and a busy machine included. */
const startTimeoutMs = 60_000;

/**
 * Decodes pictures of unknown origin in a child process with limits on memory and time, one at a time. A picture that
 * makes the child crash, hang or grow is refused with that reason; the next one gets a new child.
 */
export class PictureChecker {
  readonly #childPath: string;
  #child: ReadyChild | undefined;
  #nextId = 0;
  #closed = false;

  /** @param childPath The compiled child entry. @default the one below the repository's dist folder */
  constructor(
    readonly limits: PictureLimits,
    childPath: string = join(repositoryRoot(), 'dist/libs/dataset/src/check-pictures.child.js'),
  ) {
    this.#childPath = childPath;
  }

  /**
   * Decodes one picture completely. Not to be called again before the promise settles.
   *
   * @throws {PictureCheckerError} if the child process cannot be started.
   */
  async check(bytes: Uint8Array): Promise<PictureVerdict> {
    this.#child ??= await this.#start();
    const id = this.#nextId++;
    const outcome = await this.#child.ask(id, bytes, this.limits);
    if ('end' in outcome) {
      this.#child = undefined;
      return { reason: this.#describeEnd(outcome.end) };
    }
    return 'reason' in outcome ? { reason: outcome.reason } : { width: outcome.width, height: outcome.height };
  }

  /** Kills the child process at once and waits for its end. A check in flight settles as refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#child?.kill();
  }

  async #start(): Promise<ReadyChild> {
    if (this.#closed) throw new PictureCheckerError('Cannot check a picture: the checker is closed');
    if (!existsSync(this.#childPath)) {
      throw new PictureCheckerError(`Cannot check pictures: ${this.#childPath} is missing, run "npm run build"`);
    }
    const child = new ReadyChild(this.#childPath, this.limits.maxMemoryBytes);
    this.#child = child; // close() must reach it while it starts
    await child.ready();
    return child;
  }

  #describeEnd({ code, signal, timedOut }: ChildEnd): string {
    if (timedOut) return `decoding takes longer than ${this.limits.timeoutMs} ms`;
    if (code === memoryExceededExitCode)
      return `decoding needs more than ${this.limits.maxMemoryBytes} bytes of memory`;
    return `the decoder crashed on it (${signal ?? `exit code ${code}`})`;
  }
}

interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
}

/** One child process from its start to its end. */
class ReadyChild {
  readonly #process: ChildProcess;
  readonly #ended: Promise<ChildEnd>;
  #errors = '';
  #timedOut = false;

  constructor(childPath: string, maxMemoryBytes: number) {
    // The shell sets the limit on writable memory that Node cannot set for itself, then becomes Node. It is a second
    // wall behind the child's own watch on its resident memory, hence the room above that.
    const dataLimitKilobytes = Math.ceil((maxMemoryBytes + 256 * 1024 * 1024) / 1024);
    const script = `ulimit -c 0 2>/dev/null; ulimit -d ${dataLimitKilobytes} 2>/dev/null; exec "$0" "$@"`;
    this.#process = spawn('/bin/sh', ['-c', script, process.execPath, '--max-old-space-size=256', childPath], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: {}, // no secret of the parent is within reach of a decoder
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) =>
        resolve({ code, signal, timedOut: this.#timedOut });
      this.#process.once('exit', end);
      this.#process.once('error', (error) => {
        this.#errors += error.message;
        end(null, null);
      });
    });
  }

  async ready(): Promise<void> {
    const first = await this.#message(startTimeoutMs);
    if (first !== 'ready') {
      await this.kill();
      throw new PictureCheckerError(
        `Cannot start the process that checks pictures: ${this.#errors.trim() || 'it ended'}`,
      );
    }
  }

  async ask(id: number, bytes: Uint8Array, limits: PictureLimits): Promise<CheckReply | { readonly end: ChildEnd }> {
    this.#process.send({ id, bytes, limits }, () => undefined); // a failed send shows as the end of the child
    const reply = await this.#message(limits.timeoutMs + graceMs);
    return reply === undefined ? { end: await this.#ended } : (reply as CheckReply);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  /** The next message, or undefined once the child has ended; after the timeout it is killed. */
  async #message(timeoutMs: number): Promise<unknown> {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.#process.kill('SIGKILL');
    }, timeoutMs);
    let onMessage: (message: unknown) => void = () => undefined;
    const message = new Promise<unknown>((resolve) => {
      onMessage = resolve;
      this.#process.once('message', onMessage);
    });
    try {
      return await Promise.race([message, this.#ended.then(() => undefined)]);
    } finally {
      clearTimeout(timer);
      this.#process.off('message', onMessage);
    }
  }
}
