import { describePickleValue, PickleDict, type PickleValue, shortened } from './pickle-values.js';
import { TorchTensor } from './torch-dialect.js';

/** Under which a training checkpoint keeps its model's state_dict, in order of preference. */
const checkpointKeys = ['state_dict', 'model'] as const;

const parallelPrefix = 'module.';

/**
 * The named tensors of what a file holds: a state_dict, or a training checkpoint with one under `state_dict` or `model`.
 * Where every name begins with `module.` (DataParallel wrote it), names lose it.
 *
 * @returns In the file's order.
 */
export function toNamedTensors(
  root: PickleValue,
  fail: (reason: string) => never,
): readonly (readonly [name: string, tensor: TorchTensor])[] {
  if (!(root instanceof PickleDict)) return fail(`it holds ${describePickleValue(root)}, must hold a dict of tensors`);
  const entries = [...stateDictOf(root).entries];
  if (entries.length === 0) fail('it holds no tensors');
  const named = entries.map(([name, value]) => {
    if (!(value instanceof TorchTensor)) {
      return fail(
        `its entry ${shortened(String(name))} is ${describePickleValue(value)}, must be a tensor: ` +
          `a file holds a state_dict, or a checkpoint with one under ${checkpointKeys.join(' or ')}`,
      );
    }
    if (typeof name !== 'string' || !/^\P{C}{1,256}$/u.test(name)) {
      return fail(`a tensor has the name ${shortened(String(name))}, must be 1 to 256 printable characters`);
    }
    return [name, value] as const;
  });
  return named.every(([name]) => name.startsWith(parallelPrefix) && name.length > parallelPrefix.length)
    ? named.map(([name, tensor]) => [name.slice(parallelPrefix.length), tensor] as const)
    : named;
}

function stateDictOf(root: PickleDict): PickleDict {
  const nested = checkpointKeys.map((key) => root.entries.get(key));
  return nested.find((value) => value instanceof PickleDict) ?? root;
}
