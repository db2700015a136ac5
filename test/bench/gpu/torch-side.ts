import { scriptPath } from '../side/script-path.js';
import { StepProcess } from '../side/step-process.js';
import { type GpuRow, type Speed, type TorchVariant, torchVariants } from './gpu-row.js';
import { type Gauge, gauge } from './measure-gpu.js';

/** A row's work, for PyTorch. */
export interface TorchWork {
  readonly kind: GpuRow['kind'];
  readonly network: string;
  readonly size: number;
  readonly batch: number;
  readonly classes: number;
}

/** PyTorch on the card, or on the processor where our engine is told to be there. */
export class TorchSide {
  /** Seconds of a batch by workload: two devices of ours are compared with one measurement. */
  readonly #known = new Map<string, Partial<Record<TorchVariant, Speed>>>();

  private constructor(
    private readonly python: string,
    private side: StepProcess,
    private readonly device: 'cuda' | 'cpu',
    readonly versions: Readonly<Record<string, string>>,
  ) {}

  /** @returns Why there is none, or the side: on a GPU it needs a torch that finds CUDA. */
  static async start(python: string, device: 'cuda' | 'cpu'): Promise<TorchSide | string> {
    const side = openSide(python);
    try {
      const { versions, cuda } = await side.ask<{ versions: Record<string, string>; cuda: boolean }>();
      if (device === 'cpu' || cuda) return new TorchSide(python, side, device, versions);
      await side.kill();
      return `torch ${versions.torch} of ${python} finds no CUDA device`;
    } catch (error) {
      await side.kill();
      return (error as Error).message;
    }
  }

  /** Batches a second in every variant; one that fails, as for want of memory, is left out and told by `onProblem`. */
  async speeds(work: TorchWork, limits: Gauge, onProblem: (problem: string) => void) {
    const key = JSON.stringify(work);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const speeds: Partial<Record<TorchVariant, Speed>> = {};
    for (const variant of torchVariants) {
      if (performance.now() > limits.deadlineMs) break;
      try {
        const { secondsPerUnit, card } = await gauge(
          this.side,
          { prepare: { ...work, variant, device: this.device } },
          limits,
        );
        speeds[variant] = { rate: 1 / secondsPerUnit, card };
      } catch (error) {
        onProblem(`torch ${variant}: ${(error as Error).message}`);
        await this.#restart();
      }
    }
    this.#known.set(key, speeds);
    return speeds;
  }

  async stop(): Promise<void> {
    await this.side.kill();
  }

  /** After an error the process may be gone, or hold what the next workload needs. */
  async #restart(): Promise<void> {
    await this.side.kill();
    this.side = openSide(this.python);
    await this.side.ask();
  }
}

function openSide(python: string): StepProcess {
  return new StepProcess([python, scriptPath('gpu/torch_gpu.py')]);
}
