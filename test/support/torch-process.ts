import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Debian's own Python: python3-torchvision is invisible to any other. */
export const debianPython = '/usr/bin/python3';

/** A Python script that answers one line of JSON a line, and says the versions of its packages first. */
export class TorchProcess {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly answers: AsyncIterator<string>,
    private readonly errors: () => string,
    readonly versions: Readonly<Record<string, string>>,
  ) {}

  /** Undefined where there is no such Python, or it lacks the script's packages. */
  static async start(script: string, python = debianPython): Promise<TorchProcess | undefined> {
    const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    let printed = '';
    child.on('error', () => {}); // no such program: the stream of answers ends at once
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await answers.next();
    if (!first.done) return new TorchProcess(child, answers, () => printed, JSON.parse(first.value));
    if (printed !== '' && !printed.includes('ModuleNotFoundError')) throw new Error(`${script} failed: ${printed}`);
    return undefined;
  }

  /** @throws {Error} with what the script printed if it ends without an answer. */
  async ask<Answer>(request: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answers.next();
    if (answer.done) throw new Error(`The Python process ended: ${this.errors()}`);
    return JSON.parse(answer.value) as Answer;
  }

  stop(): void {
    this.child.stdin.end();
  }
}
