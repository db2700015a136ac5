/** @file Our engine as one side of a comparison: a line of JSON asks, one answers. */
import type { ExecutionDevice } from '#engine';
import { answerLines, peakBytes } from '../side/answer-lines.js';
import { type OpenWorkload, openWorkload } from './engine-workloads.js';
import type { Prepared, RunAnswer, Workload } from './workload.js';

let open: OpenWorkload | undefined;

async function answer(
  request: { prepare: Workload; device?: ExecutionDevice } | { run: number },
): Promise<Prepared | RunAnswer> {
  if ('prepare' in request) {
    await open?.dispose();
    open = undefined;
    open = await openWorkload(request.prepare, request.device);
    return open.prepared;
  }
  if (open === undefined) throw new TypeError('Cannot run: nothing was prepared');
  return { seconds: await open.run(request.run), peakBytes: peakBytes() };
}

process.stdout.write('{}\n');
await answerLines(answer);
