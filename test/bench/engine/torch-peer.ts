import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** PyTorch in a process of its own, stepped by request. */
export class TorchPeer {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly answers: AsyncIterator<string>,
    readonly versions: Readonly<Record<string, string>>,
  ) {}

  /** Starts `python` with torch and torchvision; undefined where that does not work. */
  static async start(python: string): Promise<TorchPeer | undefined> {
    const script = fileURLToPath(new URL('../../../../test/bench/engine/torch_steps.py', import.meta.url));
    const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.on('error', () => {}); // no such program: the stream of answers ends at once
    child.stdin.on('error', () => {});
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await answers.next();
    return first.done ? undefined : new TorchPeer(child, answers, JSON.parse(first.value));
  }

  /** Builds a network and its batch. */
  async prepare(
    network: string,
    settings: { size: number; batch: number; classes: number; threads: number },
  ): Promise<void> {
    await this.ask({ prepare: network, ...settings });
  }

  /** Seconds that `steps` training steps took. */
  async run(steps: number): Promise<number> {
    return (await this.ask({ steps })).seconds;
  }

  stop(): void {
    this.child.stdin.end();
  }

  private async ask(request: object): Promise<{ seconds: number }> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answers.next();
    if (answer.done) throw new Error('The PyTorch process ended');
    return JSON.parse(answer.value);
  }
}
