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
  /** File of the process, e.g. from `entryFile('trial-process')`. */
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

/** One child process with one job. */
export class ChildRun {
  readonly #child: ChildProcess;
  /** Settles once, when the child is gone; rejects only with what `onAsk` threw. */
  readonly end: Promise<ChildEnd>;

  constructor(options: ChildOptions) {
    this.#child = fork(options.entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [`--max-old-space-size=${heapMegabytes}`, '--enable-source-maps'],
      env: { ...options.environment },
    });
    preferAsVictim(this.#child.pid);
    this.end = this.#watch(options);
  }

  /** Ends the child at once; it holds nothing that needs a farewell (artifacts are written to a side file first). */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #watch(options: ChildOptions): Promise<ChildEnd> {
    const child = this.#child;
    let stderr = '';
    let said: ChildEnd | undefined;
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-8000);
    });
    return new Promise((resolve, reject) => {
      const send = (message: ParentMessage) => child.connected && child.send(message, () => {});
      child.on('error', reject);
      child.on('message', (message: ChildMessage) => {
        if (message.type === 'ready') send({ type: 'start', job: options.job });
        else if (message.type === 'result') said = { kind: 'result', result: message.result };
        else if (message.type === 'failure') said = { kind: 'failure', failure: message.failure };
        else if (message.type === 'tell') options.onTell?.(message.topic, message.body);
        else {
          options.onAsk(message.topic, message.body).then(
            (answer) => send({ type: 'answer', id: message.id, answer }),
            (error: unknown) => {
              this.kill();
              reject(error);
            },
          );
        }
      });
      // 'close' comes after stderr is read to its end, unlike 'exit'.
      child.on('close', (code, signal) => resolve(said ?? { kind: 'died', code, signal, stderr }));
    });
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

/** True for the ways in which V8, the C++ runtime and ONNX Runtime say that memory is exhausted. */
export function isOutOfMemory(text: string): boolean {
  return /heap out of memory|bad_alloc|allocation failed|failed to allocate memory|cannot allocate memory|out of memory/i.test(
    text,
  );
}

/** Where memory runs out the kernel shall take the training, not the process that must report it. Linux only. */
function preferAsVictim(pid: number | undefined): void {
  if (pid === undefined || process.platform !== 'linux') return;
  writeFile(`/proc/${pid}/oom_score_adj`, '500').catch(() => {});
}
