import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { freshIds } from '../ir/fresh-ids.js';
import type { Graph } from '../ir/graph.js';

/** Name of the output that is not returned. */
const unreturnable = 'unreturnable';

/** How onnxruntime-node refuses to return it: after the run, before it has returned any other output. */
const refusal = 'Non tensor type is temporarily not supported.';

/**
 * A graph for `runIntoBuffers`: it has one more output, the first, an empty sequence.
 *
 * onnxruntime-node copies every output it returns, also one that was written into the caller's own buffer: with a state of
 * half a gigabyte that is a third of the time of a step, and as much memory again. There is no option against it; but the
 * first output that it has no JavaScript value for ends the call.
 *
 * @see js/node/src/inference_session_wrap.cc, tensor_helper.cc OrtValueToNapiValue, onnxruntime 1.30
 */
export function writingIntoBuffers(graph: Graph): Graph {
  const value = freshIds(graph)();
  return {
    ...graph,
    nodes: [...graph.nodes, { op: 'SequenceEmpty', inputs: [], outputs: [value], attributes: {} }],
    outputs: [{ name: unreturnable, value }, ...graph.outputs],
    types: new Map(graph.types).set(value, { dtype: 'float32', shape: [], isSequence: true }),
  };
}

/**
 * Runs the model of such a graph.
 *
 * @param buffers A tensor to write for every other output.
 */
export async function runIntoBuffers(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  buffers: Readonly<Record<string, Tensor>>,
): Promise<void> {
  try {
    await session.run(feeds, { [unreturnable]: null, ...buffers });
  } catch (error) {
    if ((error as Error).message !== refusal) throw error;
  }
}
