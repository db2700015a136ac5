import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A process needed more memory than it may have, and was ended. */
export class MemoryLimitError extends Error {
  constructor(readonly limitBytes: number) {
    super(`does not fit ${limitBytes / 2 ** 30} GiB`);
  }
}

/** Of the whole machine: with less, it would end a process of its own choice. */
const leastAvailableBytes = 256 * 2 ** 20;

/** How a side of a comparison is started. */
export interface StepProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Resident bytes above which the process is ended, as where the machine has hardly any left. @default no limit */
  readonly limitBytes?: number;
}

/** One side of a comparison in a process of its own, so that its peak memory is its own: a line of JSON asks, one answers. */
export class StepProcess {
  #exceeded = false;
  #stderr = '';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  readonly #watch: NodeJS.Timeout | undefined;

  constructor(
    command: readonly string[],
    private readonly options: StepProcessOptions = {},
  ) {
    const [program, ...args] = command;
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: options.env ?? process.env });
    // Read to its end, or a talkative library fills the pipe and the process stands still.
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4000);
    });
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve).once('error', resolve));
    this.#child.on('error', (error) => {
      this.#stderr += error.message; // no such program: the stream of answers ends at once
    });
    this.#child.stdin.on('error', () => {});
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    const { limitBytes } = options;
    if (limitBytes !== undefined) this.#watch = setInterval(() => this.#endAbove(limitBytes), 100);
  }

  /**
   * Waits for the next line, which the process says about itself or in answer to `request`.
   *
   * @throws {MemoryLimitError} if it was ended for its memory.
   * @param withinMs After which it is ended. @default waits as long as it takes
   * @throws {Error} with what it complained of last if it ended or answered `{"error"}`.
   */
  async ask<Answer>(request?: object, withinMs?: number): Promise<Answer> {
    if (request !== undefined) this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    let late = false;
    const timer =
      withinMs === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            this.#child.kill('SIGKILL');
          }, withinMs);
    const line = await this.#answers.next();
    clearTimeout(timer);
    if (line.done) {
      await this.#closed;
      if (late) throw new Error(`took longer than ${Math.round((withinMs ?? 0) / 1000)} s`);
      if (this.#exceeded) throw new MemoryLimitError(this.options.limitBytes ?? 0);
      throw new Error(this.#complaint());
    }
    const answer = JSON.parse(line.value) as Answer & { readonly error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** Lets it end by itself, and waits for it. */
  async stop(): Promise<void> {
    clearInterval(this.#watch);
    this.#child.stdin.end();
    await this.#closed;
  }

  /** Ends it whatever it is doing, and waits for it. */
  async kill(): Promise<void> {
    clearInterval(this.#watch);
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  #endAbove(limitBytes: number): void {
    const resident = kibibytesOf(`/proc/${this.#child.pid}/status`, 'VmRSS') ?? 0;
    const available = kibibytesOf('/proc/meminfo', 'MemAvailable') ?? Infinity;
    if (resident * 1024 <= limitBytes && available * 1024 >= leastAvailableBytes) return;
    this.#exceeded = true;
    this.#child.kill('SIGKILL');
  }

  #complaint(): string {
    const last = this.#stderr.trim().split('\n').at(-1) ?? '';
    return last === '' ? `the process ended (${this.#child.signalCode ?? `exit ${this.#child.exitCode}`})` : last;
  }
}

/** A line of one of the system's tables, undefined where the system has no /proc. */
function kibibytesOf(file: string, line: string): number | undefined {
  try {
    const [, kibibytes] = new RegExp(`^${line}:\\s+(\\d+)`, 'm').exec(readFileSync(file, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes);
  } catch {
    return undefined;
  }
}
