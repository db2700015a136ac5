import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ChildMessage, Failure, ParentMessage } from './child-channel.js';
import type { Environment } from './config.js';

/** How a child ended. */
export type ChildEnd =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'failure'; readonly failure: Failure }
  /** Without a word: killed, crashed, or out of memory. */
  | {
      readonly kind: 'died';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly stderr: string;
    };

export interface ChildOptions {
  /** File of the process, e.g. from `entryFile('work-process')`. */
  readonly entry: string;
  /** Structured-cloned to the child. */
  readonly job: unknown;
  /** Answers what the child asks. A rejected answer ends the child. */
  readonly onAsk: (topic: string, body: unknown) => Promise<unknown>;
  /** Hears what needs no answer. */
  readonly onTell?: (topic: string, body: unknown) => void;
  /** What the child sees as its environment; holds no secret. */
  readonly environment: Environment;
}

/** Limit of a child's JavaScript heap; tensors live outside it. */
const heapMegabytes = 2048;

/** Work in a child process that is under way. */
export interface RunningChild {
  /** Settles once; rejects only with what `onAsk` threw. */
  readonly end: Promise<ChildEnd>;
  /** Ends the child at once; it holds nothing that needs a farewell (artifacts are written to a side file first). */
  kill(): void;
}

/** One child process with one job. */
export class ChildRun implements RunningChild {
  readonly #child: ServingChild;
  /** As of any running child; the child is gone by then. */
  readonly end: Promise<ChildEnd>;

  constructor(options: ChildOptions) {
    this.#child = new ServingChild(options.entry, options.environment);
    this.end = this.#child.run(options).then(async (end) => {
      await this.#child.gone;
      return end;
    });
  }

  kill(): void {
    this.#child.kill();
  }
}

/** What a child is to do, and who answers it. */
export type ChildJob = Pick<ChildOptions, 'job' | 'onAsk' | 'onTell'>;

/** A child process that does one job after the other, as many as its entry serves. */
export class ServingChild {
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  /** Settles when the process is gone and everything it said was heard. */
  readonly gone: Promise<void>;
  #isGone = false;
  #residentBytes = 0;
  #stderr = '';
  #hear: ((message: ChildMessage) => void) | undefined;

  constructor(entry: string, environment: Environment) {
    const child = fork(entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [`--max-old-space-size=${heapMegabytes}`, '--enable-source-maps'],
      env: { ...environment },
    });
    this.#child = child;
    preferAsVictim(child.pid);
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-8000);
    });
    // 'close' comes after stderr is read to its end, unlike 'exit'; a process that cannot be started has 'error' alone.
    this.gone = new Promise((resolve) => {
      const leave = () => {
        this.#isGone = true;
        resolve();
      };
      child.on('close', leave);
      child.on('error', (error) => {
        this.#stderr += error.message;
        leave();
      });
    });
    this.#ready = new Promise((resolve) => {
      child.on('message', (message: ChildMessage) => {
        if (message.type === 'ready') resolve();
        else this.#hear?.(message);
      });
    });
  }

  get isGone(): boolean {
    return this.#isGone || !this.#child.connected;
  }

  /** As it said after its last result. */
  get residentBytes(): number {
    return this.#residentBytes;
  }

  /**
   * Does one job; await it before the next.
   *
   * @param onStarted The child has the job: whatever becomes of it now is the job's.
   * @returns After a failure the child is about to leave.
   * @throws what `onAsk` threw; the child is killed then.
   */
  async run({ job, onAsk, onTell }: ChildJob, onStarted?: () => void): Promise<ChildEnd> {
    const end = new Promise<ChildEnd>((resolve, reject) => {
      let said: ChildEnd | undefined;
      this.#hear = (message) => {
        if (message.type === 'started') onStarted?.();
        else if (message.type === 'result') {
          this.#residentBytes = message.residentBytes ?? 0;
          said = { kind: 'result', result: message.result };
          resolve(said);
        } else if (message.type === 'failure') {
          said = { kind: 'failure', failure: message.failure };
          resolve(said);
        } else if (message.type === 'tell') onTell?.(message.topic, message.body);
        else if (message.type === 'ask') {
          onAsk(message.topic, message.body).then(
            (answer) => this.#send({ type: 'answer', id: message.id, answer }),
            (error: unknown) => {
              this.kill();
              reject(error);
            },
          );
        }
      };
      void this.gone.then(() => {
        const { exitCode: code, signalCode: signal } = this.#child;
        resolve(said ?? { kind: 'died', code, signal, stderr: this.#stderr });
      });
    });
    void this.#ready.then(() => this.#send({ type: 'start', job }));
    return end;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ParentMessage): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}

/**
 * The compiled file of a process of this app, also when the code runs from its sources in a test.
 *
 * @throws {Error} if the project is not built.
 */
export function entryFile(name: string): string {
  const beside = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  if (existsSync(beside)) return beside;
  const built = fileURLToPath(new URL(`../../../dist/apps/worker/src/${name}.js`, import.meta.url));
  if (existsSync(built)) return built;
  throw new Error(`Cannot start ${name}: ${built} is missing, run "npm run build" first`);
}

/** Sentence for a child that ended without a word, and whether memory was the reason. */
export function explainDeath(end: Extract<ChildEnd, { kind: 'died' }>): { outOfMemory: boolean; message: string } {
  const { code, signal, stderr } = end;
  if (isOutOfMemory(stderr)) return { outOfMemory: true, message: 'The training process ran out of memory' };
  if (signal === 'SIGKILL') {
    return { outOfMemory: true, message: 'The training process was killed by the system: not enough memory' };
  }
  const tail = stderr.trim().split('\n').slice(-3).join(' | ').slice(-600);
  const how = signal ? `was ended by ${signal}` : `left with code ${code}`;
  return { outOfMemory: false, message: `The training process ${how}${tail ? `: ${tail}` : ''}` };
}

/** Why a child has no result: for want of memory, its own or that of the device, or of something else. */
export function failureOf(end: Exclude<ChildEnd, { kind: 'result' }>): {
  reason: 'out_of_memory' | 'error';
  message: string;
} {
  if (end.kind === 'died') {
    const { outOfMemory, message } = explainDeath(end);
    return { reason: outOfMemory ? 'out_of_memory' : 'error', message };
  }
  const { code, message } = end.failure;
  return { reason: code === 'DEVICE_MEMORY' || isOutOfMemory(message) ? 'out_of_memory' : 'error', message };
}

/** True for the ways in which V8, the C++ runtime and ONNX Runtime say that memory is exhausted. */
function isOutOfMemory(text: string): boolean {
  return /heap out of memory|bad_alloc|allocation failed|failed to allocate memory|cannot allocate memory|out of memory/i.test(
    text,
  );
}

/** Where memory runs out the kernel shall take the training, not the process that must report it. Linux only. */
function preferAsVictim(pid: number | undefined): void {
  if (pid === undefined || process.platform !== 'linux') return;
  writeFile(`/proc/${pid}/oom_score_adj`, '500').catch(() => {});
}
