import { type PickleDialect, readPickle } from './pickle-machine.js';
import { describePickleValue, PickleDict, PickleList, type PickleValue, shortened } from './pickle-values.js';
import { TorchDialect } from './torch-dialect.js';
import type { TorchObjects } from './torch-objects.js';

type Fail = (reason: string) => never;

/** A pickle of torch's magic number 0x1950a86a20f9469cfc6c: how every legacy stream begins. */
export const legacyMagic = Uint8Array.of(
  ...[0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
);

const protocolVersion = 1001;

/** For the parts around the object, which name nothing. */
const plain: PickleDialect = {
  globals: new Set(),
  reduce: (global, _, fail) => fail(`REDUCE of the global ${global} is not allowed`),
  persistent: (_, fail) => fail('a persistent id is not allowed here'),
};

/**
 * What a legacy stream (torch.save before 1.6) holds: pickles of a magic number, a version, facts about the system, the
 * object, and its storages' keys; then each storage in the order of the keys, its number of values before them.
 *
 * @param bytes Begin with `legacyMagic`.
 * @see torch/serialization.py 1.13 `_legacy_save`
 */
export function readTorchLegacy(bytes: Uint8Array, fail: Fail): TorchObjects {
  let position = legacyMagic.length;
  const next = (dialect: PickleDialect): PickleValue => {
    const { value, end } = readPickle({ bytes, start: position, label: 'the file' }, dialect, fail);
    position = end;
    return value;
  };
  const version = next(plain);
  if (version !== protocolVersion) fail(`its version is ${describePickleValue(version)}, must be ${protocolVersion}`);
  assertSystem(next(plain), fail);
  const dialect = new TorchDialect('legacy');
  const root = next(dialect);
  const keys = toKeys(next(plain), dialect, fail);
  return { root, storages: readStorages(bytes, position, { keys, dialect }, fail) };
}

function assertSystem(system: PickleValue, fail: Fail): void {
  const facts = system instanceof PickleDict ? system.entries : new Map<string, PickleValue>();
  if (facts.get('protocol_version') !== protocolVersion) fail('its system facts lack protocol_version 1001');
  if (facts.get('little_endian') !== true) fail('its values are big-endian, must be little-endian');
}

/** The keys of all storages the object names, each once. */
function toKeys(list: PickleValue, { storages }: TorchDialect, fail: Fail): readonly string[] {
  const keys = list instanceof PickleList ? list.items : [];
  const known = keys.filter((key): key is string => typeof key === 'string' && storages.has(key));
  if (known.length !== keys.length || new Set(known).size !== storages.size || known.length !== storages.size) {
    fail(`its list of ${keys.length} storage keys is not that of the ${storages.size} storages it names`);
  }
  return known;
}

function readStorages(
  bytes: Uint8Array,
  start: number,
  { keys, dialect }: { keys: readonly string[]; dialect: TorchDialect },
  fail: Fail,
): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, Uint8Array>();
  let position = start;
  for (const key of keys) {
    const storage = dialect.storages.get(key);
    if (!storage) continue;
    const label = `storage ${shortened(key)}`;
    if (position + 8 > bytes.length) return fail(`it ends before ${label}`);
    const count = view.getBigInt64(position, true);
    if (count !== BigInt(storage.count)) fail(`${label} has ${count} values, its tensors say ${storage.count}`);
    const end = position + 8 + storage.count * storage.type.itemBytes;
    if (end > bytes.length) fail(`it ends in the middle of ${label}: ${end - bytes.length} bytes are missing`);
    storages.set(key, bytes.subarray(position + 8, end));
    position = end;
  }
  if (position !== bytes.length) fail(`${bytes.length - position} bytes follow its last storage`);
  return storages;
}
