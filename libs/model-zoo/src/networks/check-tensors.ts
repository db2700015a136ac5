import type { NamedTensor, Shape } from '#primitives';
import { sizeOf } from '#primitives';
import type { Network, TensorSpec } from './network.js';
import { torchShape } from './tensor-layout.js';

/** What tensors are checked against: a network, or its listing in torch layout. */
export type TensorListing = Pick<Network, 'architecture' | 'classes' | 'tensors'>;

/** A network's listing as torchvision's files have it. */
export function torchListing({ architecture, classes, tensors }: Network): TensorListing {
  return { architecture, classes, tensors: tensors.map((spec) => ({ ...spec, shape: torchShape(spec.shape) })) };
}

/**
 * Checks tensors against a listing: names, shapes and lengths, finite values, no negative variance. torch's
 * `num_batches_tracked` counters may be among them and are dropped.
 *
 * @param tensors In the listing's layout, any order. Not modified.
 * @param missing Gives tensors that are absent, or the reason why it cannot.
 * @returns The listing's tensors in its order, or a sentence naming all kinds of misfit, the first few of each.
 */
export function arrangeTensors(
  listing: TensorListing,
  tensors: readonly NamedTensor[],
  missing: (absent: readonly TensorSpec[]) => readonly NamedTensor[] | string,
): NamedTensor[] | string {
  const given = new Map<string, NamedTensor>();
  for (const tensor of tensors) {
    if (tensor.name.endsWith('.num_batches_tracked')) continue;
    if (given.has(tensor.name)) return `tensor ${tensor.name} occurs twice`;
    given.set(tensor.name, tensor);
  }
  const problems: string[] = [];
  const known = new Set(listing.tensors.map((spec) => spec.name));
  const foreign = [...given.keys()].filter((name) => !known.has(name));
  if (foreign.length > 0) problems.push(`${listed(foreign)} not in ${listing.architecture}`);
  const absent = listing.tensors.filter((spec) => !given.has(spec.name));
  const made = absent.length > 0 ? missing(absent) : [];
  if (typeof made === 'string') problems.push(made);
  else for (const tensor of made) given.set(tensor.name, tensor);
  problems.push(...misshapen(listing, given));
  if (problems.length > 0) return problems.join('; ');
  return checkValues(listing, given);
}

/** At most three names, for a message: `tensors a, b, c and 5 more are`. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  if (names.length === 1) return `tensor ${shown} is`;
  return names.length > 3 ? `tensors ${shown} and ${names.length - 3} more are` : `tensors ${shown} are`;
}

/** The first three tensors whose shape or length does not fit. */
function misshapen(
  { architecture, classes, tensors }: TensorListing,
  given: ReadonlyMap<string, NamedTensor>,
): string[] {
  const problems = tensors.flatMap(({ name, shape }) => {
    const tensor = given.get(name);
    if (!tensor) return [];
    if (!sameShape(tensor.shape, shape)) {
      return [`tensor ${name} has shape [${tensor.shape}], ${architecture} with ${classes} classes needs [${shape}]`];
    }
    const count = tensor.data.length;
    return count === sizeOf(shape) ? [] : [`tensor ${name} has ${count} values for shape [${shape}]`];
  });
  return problems.length > 3 ? [...problems.slice(0, 3), `${problems.length - 3} more do not fit`] : problems;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((axis, index) => axis === b[index]);
}

function checkValues({ tensors }: TensorListing, given: ReadonlyMap<string, NamedTensor>): NamedTensor[] | string {
  const arranged: NamedTensor[] = [];
  for (const { name, role } of tensors) {
    const tensor = given.get(name);
    if (!tensor) return `tensor ${name} is missing`;
    const lowest = role === 'runningVariance' ? 0 : Number.NEGATIVE_INFINITY;
    const { data } = tensor;
    for (let index = 0; index < data.length; index++) {
      if (!Number.isFinite(data[index]) || data[index] < lowest) {
        return `tensor ${name} has the value ${data[index]} at ${index}`;
      }
    }
    arranged.push(tensor);
  }
  return arranged;
}
