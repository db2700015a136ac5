import { execFile } from 'node:child_process';
import { type TensorflowUse, tensorflowEnvironment } from './tensorflow-environment.js';
import type { TensorflowPackage } from './tensorflow-package.js';

/** What a package of TensorFlow for Node.js did when it was tried. */
export interface ProbeResult {
  readonly loads: boolean;
  /** Version of the library; null where it does not load. */
  readonly tensorflow: string | null;
  /** Whether it computes on a GPU. */
  readonly gpu: boolean;
  /** What the product [2, 3]·[3, 2] of ones gave. */
  readonly product: readonly number[];
  /** Why it does not load; null where it does. */
  readonly problem: string | null;
}

const marker = 'retune-probe:';

/** CommonJS, as the packages are; the library writes notes of its own to both streams. */
const script = `
const tf = require(process.argv[1]);
const { binding, isUsingGpuDevice } = tf.backend();
const product = Array.from(tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync());
process.stdout.write('\\n${marker}' + JSON.stringify({ tensorflow: binding.TF_Version, gpu: isUsingGpuDevice, product }) + '\\n');
`;

/** Loads a package in a child process and lets it multiply two small matrices. */
export async function probeTensorflow(
  tensorflow: Pick<TensorflowPackage, 'packageFolder' | 'tensorflowFolder' | 'provider'>,
  { signal, ...use }: TensorflowUse & { readonly signal?: AbortSignal },
): Promise<ProbeResult> {
  const env = { ...use.environment, ...tensorflowEnvironment(tensorflow, use) };
  const { failed, stdout, stderr } = await run(['-e', script, tensorflow.packageFolder], env, signal);
  signal?.throwIfAborted();
  const line = stdout.split('\n').find((text) => text.startsWith(marker));
  if (!failed && line !== undefined) {
    const told = JSON.parse(line.slice(marker.length)) as Pick<ProbeResult, 'tensorflow' | 'gpu' | 'product'>;
    return { loads: true, ...told, problem: null };
  }
  return { loads: false, tensorflow: null, gpu: false, product: [], problem: reasonOf(stderr) };
}

function run(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal | undefined) {
  return new Promise<{ failed: boolean; stdout: string; stderr: string }>((settle) => {
    execFile(process.execPath, args, { env, signal, timeout: 120_000 }, (error, stdout, stderr) => {
      settle({ failed: error !== null, stdout, stderr: stderr || String(error?.message ?? '') });
    });
  });
}

/** Of a stack: the line with the error. */
function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const told = lines.find((line) => /^\w*Error: /.test(line)) ?? lines.filter((line) => line !== '').at(-1);
  return told?.replace(/^Error: /, '').slice(0, 500) ?? 'the process ended without a word';
}
