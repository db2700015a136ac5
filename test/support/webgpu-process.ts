import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WebgpuAnswer, WebgpuRequest } from './webgpu-child.js';

/** Where Debian's chromium keeps SwiftShader, a Vulkan driver for processors, and the loader that finds it. */
const chromium = '/usr/lib/chromium';

/** The compiled child: `npm test` builds it. */
const script = fileURLToPath(new URL('../../dist/test/support/webgpu-child.js', import.meta.url));

/** A process that computes on WebGPU: a crash of a driver ends it, not the tests. */
export class WebgpuProcess {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly answers: AsyncIterator<string>,
    private readonly errors: () => string,
  ) {}

  /** With SwiftShader where there is one, else with the machine's own driver; undefined where neither gives an adapter. */
  static async start(): Promise<WebgpuProcess | undefined> {
    const icd = `${chromium}/vk_swiftshader_icd.json`;
    const swiftShader = existsSync(icd) ? { VK_ICD_FILENAMES: icd, LD_LIBRARY_PATH: chromium } : {};
    const child = spawn(process.execPath, [script], { env: { ...process.env, ...swiftShader } });
    let printed = '';
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const started = new WebgpuProcess(child, answers, () => printed);
    const { works, problem } = await started.ask({ kind: 'probe' });
    if (works) return started;
    started.stop();
    process.stderr.write(`skipped: no WebGPU adapter (Debian's chromium brings one): ${problem}\n`);
    return undefined;
  }

  /** @throws {Error} with what the process printed if it ends without an answer. */
  async ask<Kind extends WebgpuRequest['kind']>(
    request: Extract<WebgpuRequest, { kind: Kind }>,
  ): Promise<WebgpuAnswer[Kind]> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answers.next();
    if (answer.done) throw new Error(`The process on WebGPU ended: ${this.errors()}`);
    const { error, result } = JSON.parse(answer.value) as { error?: string; result: WebgpuAnswer[Kind] };
    if (error !== undefined) throw new Error(error);
    return result;
  }

  stop(): void {
    this.child.stdin.end();
  }
}
