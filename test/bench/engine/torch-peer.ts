import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** PyTorch in a process of its own, stepped by request. */
export class TorchPeer {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly answers: AsyncIterator<string>,
    private readonly complaints: () => string,
    readonly versions: Readonly<Record<string, string>>,
  ) {}

  /** Starts `python` with torch and torchvision; without them `problem` is the last line it complained with. */
  static async start(
    python: string,
  ): Promise<{ peer: TorchPeer; problem?: undefined } | { peer?: undefined; problem: string }> {
    const script = fileURLToPath(new URL('../../../../test/bench/engine/torch_steps.py', import.meta.url));
    const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    // Read to its end, or a talkative library fills the pipe and the peer stands still.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4000);
    });
    child.on('error', (error) => {
      stderr += error.message; // no such program: the stream of answers ends at once
    });
    const closed = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
    child.stdin.on('error', () => {});
    const complaints = () => stderr.trim().split('\n').at(-1) ?? '';
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await answers.next();
    if (first.done) await closed;
    if (first.done) return { problem: complaints() };
    return { peer: new TorchPeer(child, answers, complaints, JSON.parse(first.value)) };
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
    if (answer.done) throw new Error(`The PyTorch process ended: ${this.complaints()}`);
    return JSON.parse(answer.value);
  }
}
