import type { NamedTensor } from '#primitives';
import { sizeOf } from '#primitives';
import type { Network, TensorSpec } from './network.js';

/**
 * Checks tensors against a network: names, shapes and lengths, finite values, no negative variance. torch's
 * `num_batches_tracked` counters may be among them and are dropped.
 *
 * @param tensors tfjs layout, any order. Not modified.
 * @param missing Gives a tensor that is absent, or the reason why it cannot.
 * @returns The network's tensors in state_dict order, or a sentence saying what is wrong.
 */
export function arrangeTensors(
  network: Network,
  tensors: readonly NamedTensor[],
  missing: (absent: readonly TensorSpec[]) => readonly NamedTensor[] | string,
): NamedTensor[] | string {
  const given = new Map<string, NamedTensor>();
  for (const tensor of tensors) {
    if (tensor.name.endsWith('.num_batches_tracked')) continue;
    if (given.has(tensor.name)) return `tensor ${tensor.name} occurs twice`;
    given.set(tensor.name, tensor);
  }
  const known = new Set(network.tensors.map((spec) => spec.name));
  const foreign = [...given.keys()].filter((name) => !known.has(name));
  if (foreign.length > 0) return `${listed(foreign)} not in ${network.architecture}`;
  const absent = network.tensors.filter((spec) => !given.has(spec.name));
  const made = absent.length > 0 ? missing(absent) : [];
  if (typeof made === 'string') return made;
  for (const tensor of made) given.set(tensor.name, tensor);
  const arranged: NamedTensor[] = [];
  for (const spec of network.tensors) {
    const tensor = given.get(spec.name);
    if (!tensor) return `tensor ${spec.name} is missing`;
    const problem = problemOf(spec, tensor, network);
    if (problem) return problem;
    arranged.push(tensor);
  }
  return arranged;
}

/** At most three names, for a message: `tensors a, b, c and 5 more are`. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  if (names.length === 1) return `tensor ${shown} is`;
  return names.length > 3 ? `tensors ${shown} and ${names.length - 3} more are` : `tensors ${shown} are`;
}

function problemOf(spec: TensorSpec, { shape, data }: NamedTensor, network: Network): string | undefined {
  if (shape.length !== spec.shape.length || shape.some((axis, index) => axis !== spec.shape[index])) {
    return (
      `tensor ${spec.name} has shape [${shape}], ${network.architecture} ` +
      `with ${network.classes} classes needs [${spec.shape}]`
    );
  }
  if (data.length !== sizeOf(shape)) return `tensor ${spec.name} has ${data.length} values for shape [${shape}]`;
  const lowest = spec.role === 'runningVariance' ? 0 : Number.NEGATIVE_INFINITY;
  for (let index = 0; index < data.length; index++) {
    if (!Number.isFinite(data[index]) || data[index] < lowest) {
      return `tensor ${spec.name} has the value ${data[index]} at ${index}`;
    }
  }
  return undefined;
}
