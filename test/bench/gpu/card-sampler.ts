import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a card did over a time. */
export interface CardUse {
  /** Most memory in use on the card, above what was in use when sampling began, MiB. */
  readonly memoryMiB: number;
  /** Mean share of time with a kernel running, 0–1. */
  readonly utilisation: number;
}

/** Reads `nvidia-smi` five times a second; gives nothing where there is none. */
export class CardSampler {
  readonly #child: ChildProcess;
  #memory: number[] = [];
  #utilisation: number[] = [];
  #idleMemory: number | undefined;

  constructor(index = 0) {
    const query = ['--query-gpu=memory.used,utilization.gpu', '--format=csv,noheader,nounits', '-lms', '200'];
    this.#child = spawn('nvidia-smi', ['-i', String(index), ...query], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child.on('error', () => {}); // no such program
    if (this.#child.stdout === null) return;
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line));
  }

  /** Forgets what was seen so far. */
  begin(): void {
    this.#memory = [];
    this.#utilisation = [];
  }

  /** Since `begin`; null where no sample was to be had. */
  use(): CardUse | null {
    if (this.#memory.length === 0) return null;
    const sum = this.#utilisation.reduce((total, value) => total + value, 0);
    return {
      memoryMiB: Math.max(...this.#memory) - (this.#idleMemory ?? 0),
      utilisation: sum / this.#utilisation.length / 100,
    };
  }

  stop(): void {
    this.#child.kill();
  }

  #take(line: string): void {
    const [memory, utilisation] = line.split(',').map(Number);
    if (!Number.isFinite(memory)) return;
    this.#idleMemory ??= memory;
    this.#memory.push(memory);
    if (Number.isFinite(utilisation)) this.#utilisation.push(utilisation);
  }
}
