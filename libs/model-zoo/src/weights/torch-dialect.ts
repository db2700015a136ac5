import type { Shape } from '#primitives';
import type { Fail, PickleDialect } from './pickle-machine.js';
import {
  describePickleValue,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  PickleTuple,
  type PickleValue,
  shortened,
} from './pickle-values.js';
import { type StorageType, storageTypes } from './torch-storage.js';

/** A run of values in the file, which several tensors may share. */
export class TorchStorage extends PickleObject {
  readonly kind = 'storage';

  constructor(
    /** Name of its record, or its key in a legacy stream. */
    readonly key: string,
    readonly type: StorageType,
    /** Number of values. */
    readonly count: number,
  ) {
    super();
  }
}

/** A view of a storage; its extent lies within. */
export class TorchTensor extends PickleObject {
  readonly kind = 'tensor';

  constructor(
    readonly storage: TorchStorage,
    /** Index of the first value in the storage. */
    readonly offset: number,
    readonly shape: Shape,
    /** Values between neighbours along each axis; 0 where an axis is expanded. */
    readonly strides: readonly number[],
  ) {
    super();
  }
}

const maximumRank = 8;

const orderedDict = 'collections.OrderedDict';
const rebuilds = ['_rebuild_tensor', '_rebuild_tensor_v2', '_rebuild_parameter'].map((name) => `torch._utils.${name}`);

/**
 * The globals of a state_dict, and what they mean as data. Collects the storages it meets.
 *
 * @see torch/_utils.py and torch/serialization.py 1.13
 */
export class TorchDialect implements PickleDialect {
  readonly globals: ReadonlySet<string> = new Set([orderedDict, ...rebuilds, ...storageTypes.keys()]);
  /** Every storage that the pickle names, by key. */
  readonly storages = new Map<string, TorchStorage>();

  /** @param format A legacy stream's persistent ids have a sixth item. */
  constructor(readonly format: 'zip' | 'legacy') {}

  reduce(global: string, args: readonly PickleValue[], fail: Fail): PickleValue {
    switch (global) {
      case orderedDict:
        return toOrderedDict(args, fail);
      case 'torch._utils._rebuild_tensor':
        return args.length === 4 ? toTensor(args, fail) : fail(`_rebuild_tensor has ${args.length} arguments, takes 4`);
      case 'torch._utils._rebuild_tensor_v2':
        return rebuildSecond(args, fail);
      case 'torch._utils._rebuild_parameter':
        return args[0] instanceof TorchTensor && args.length === 3
          ? args[0]
          : fail('_rebuild_parameter has no tensor and two more arguments');
      default:
        return fail(`REDUCE of the global ${global} is not allowed`);
    }
  }

  persistent(id: PickleValue, fail: Fail): PickleValue {
    const items = id instanceof PickleTuple ? id.items : [];
    const expected = this.format === 'zip' ? 5 : 6;
    const [tag, type, key, , count, view = null] = items;
    if (tag !== 'storage' || items.length !== expected) {
      return fail(`persistent id must be a storage of ${expected} items, is ${describePickleValue(id ?? null)}`);
    }
    const storageType = type instanceof PickleGlobal ? storageTypes.get(type.name) : undefined;
    if (!storageType) return fail(`storage has ${describePickleValue(type)} as type`);
    if (typeof key !== 'string' || key === '') return fail(`storage has ${describePickleValue(key)} as key`);
    if (!isSize(count) || !Number.isSafeInteger(count * storageType.itemBytes)) {
      return fail(`storage ${shortened(key)} has ${describePickleValue(count)} as number of values`);
    }
    if (view !== null)
      fail(`storage ${shortened(key)} is a view of another storage, as only old versions of torch wrote it`);
    return this.#storage(new TorchStorage(key, storageType, count), fail);
  }

  #storage(storage: TorchStorage, fail: Fail): TorchStorage {
    const known = this.storages.get(storage.key);
    if (known && (known.type !== storage.type || known.count !== storage.count)) {
      fail(
        `storage ${shortened(storage.key)} is ${known.count} values of ${known.type.name} in one place, ` +
          `${storage.count} of ${storage.type.name} in another`,
      );
    }
    if (!known) this.storages.set(storage.key, storage);
    return known ?? storage;
  }
}

/** Empty, or of a list of pairs, as Python 2 wrote it. */
function toOrderedDict(args: readonly PickleValue[], fail: Fail): PickleDict {
  const dict = new PickleDict(true);
  const pairs = args.length === 0 ? [] : args[0] instanceof PickleList && args.length === 1 ? args[0].items : undefined;
  if (!pairs) return fail('OrderedDict has arguments that are no list of pairs');
  for (const pair of pairs) {
    const [key, value, ...rest] = pair instanceof PickleTuple || pair instanceof PickleList ? pair.items : [];
    if (typeof key !== 'string' || value === undefined || rest.length > 0) {
      return fail('OrderedDict has arguments that are no list of pairs');
    }
    if (dict.entries.has(key)) fail(`OrderedDict has the key ${shortened(key)} twice`);
    dict.set(key, value);
  }
  return dict;
}

/** Two more arguments than the first version, `requires_grad` and hooks; a seventh says what its bits mean otherwise. */
function rebuildSecond(args: readonly PickleValue[], fail: Fail): TorchTensor {
  if (args.length !== 6 && args.length !== 7) fail(`_rebuild_tensor_v2 has ${args.length} arguments, takes 6 or 7`);
  const [hooks, metadata = null] = args.slice(5);
  if (!(hooks instanceof PickleDict) || hooks.entries.size > 0) fail('a tensor has hooks');
  if (metadata !== null && !(metadata instanceof PickleDict && metadata.entries.size === 0)) {
    fail('a tensor is marked as conjugate or negative');
  }
  return toTensor(args, fail);
}

function toTensor([storage, offset, shape, strides]: readonly PickleValue[], fail: Fail): TorchTensor {
  if (!(storage instanceof TorchStorage)) return fail(`a tensor has ${describePickleValue(storage)} as storage`);
  const sizes = toSizes(shape);
  const steps = toSizes(strides);
  if (!sizes || !steps || !isSize(offset)) {
    return fail(
      `a tensor has a shape, strides or offset that are no whole numbers from 0: ` +
        `${written(shape)}, ${written(strides)}, ${written(offset)}`,
    );
  }
  if (sizes.length > maximumRank) fail(`a tensor has ${sizes.length} axes, must be at most ${maximumRank}`);
  if (sizes.length !== steps.length) fail(`a tensor has shape [${sizes}] and strides [${steps}]`);
  assertWithin(storage, offset, sizes, steps, fail);
  return new TorchTensor(storage, offset, sizes, steps);
}

/** An empty axis does not excuse the others: their product must not overflow either. */
function assertWithin(
  storage: TorchStorage,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  fail: Fail,
): void {
  const product = shape.reduce((total, axis) => total * Math.max(axis, 1), storage.type.itemBytes);
  if (!Number.isSafeInteger(product)) fail(`a tensor has shape [${shape}], whose size overflows`);
  const last = shape.reduce((index, axis, position) => index + Math.max(axis - 1, 0) * strides[position], offset);
  // An empty tensor reads nothing, but must still not start beyond the end.
  const extent = shape.includes(0) ? offset : last + 1;
  if (!Number.isSafeInteger(last) || extent > storage.count) {
    fail(
      `a tensor of shape [${shape}], strides [${strides}] and offset ${offset} reaches beyond ` +
        `the ${storage.count} values of storage ${shortened(storage.key)}`,
    );
  }
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function toSizes(value: PickleValue): readonly number[] | undefined {
  return value instanceof PickleTuple && value.items.every(isSize) ? (value.items as number[]) : undefined;
}

function written(value: PickleValue): string {
  if (!(value instanceof PickleTuple)) return describePickleValue(value).replace('the number ', '');
  const shown = value.items.slice(0, maximumRank).map((item) => (typeof item === 'number' ? item : '?'));
  return `[${shown}]`;
}
