import type { ExecutionDevice } from '#engine';
import { type ChildEnd, ChildRun, entryFile } from '../child-run.js';
import type { Environment } from '../config.js';

/** What is tried: a device of ONNX Runtime. */
export interface ProbeJob {
  readonly kind: 'device';
  readonly device: ExecutionDevice;
}

/** What came out. */
export interface ProbeAnswer {
  readonly works: boolean;
  /** Why not, in one line; null where it works. */
  readonly problem: string | null;
  /** What plays the graphics card, e.g. `SwiftShader`; null where it is a real one. */
  readonly software: string | null;
  /** Of TensorFlow, for a package; null where it does not say. */
  readonly version: string | null;
}

/** Tries something; never throws. */
export type Probe = (job: ProbeJob) => Promise<ProbeAnswer>;

export interface ProbeOptions {
  /** What the child sees. */
  readonly environment: Environment;
  /** How long it may take: CUDA's first start takes many seconds, and Dawn compiles shaders. @default {60000} ms */
  readonly limitMs?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** File of the process. @default probe-process */
  readonly entry?: string;
}

/** Tries each thing in a child process of its own, so that a driver that crashes or hangs takes nothing else down. */
export function probeInChild({ environment, limitMs = 60_000, signal, entry }: ProbeOptions): Probe {
  return async (job) => {
    const file = entry ?? entryFile('devices/probe-process');
    const child = new ChildRun({ entry: file, job, onAsk: async () => null, environment });
    const stop = () => child.kill();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), limitMs);
    });
    try {
      // A driver may keep the child in the kernel, where nothing can end it: its end is not waited for.
      const end = await Promise.race([child.end, late]);
      return end === 'late' ? failed(`no answer within ${limitMs / 1000} s`) : answerOf(end);
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      child.kill();
    }
  };
}

function answerOf(end: ChildEnd): ProbeAnswer {
  if (end.kind === 'failure') return failed(end.failure.message);
  if (end.kind === 'died') {
    const said = end.stderr.trim().split('\n').slice(-2).join(' ');
    const how = end.signal === null ? `left with code ${end.code}` : `was ended by ${end.signal}`;
    return failed(`the process that tried it ${how}${said === '' ? '' : `: ${said}`}`);
  }
  const answer = end.result as ProbeAnswer;
  return answer.problem === null ? answer : { ...answer, problem: oneLine(answer.problem) };
}

function failed(problem: string): ProbeAnswer {
  return { works: false, problem: oneLine(problem), software: null, version: null };
}

/** ONNX Runtime begins with its source file, function and condition. */
function oneLine(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.replace(/^\S*onnxruntime\S* .* was false\. /, '').slice(0, 400);
}
