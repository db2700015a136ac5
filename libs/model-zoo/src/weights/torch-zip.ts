import { pickleLimits, readPickle } from './pickle-machine.js';
import { shortened } from './pickle-values.js';
import { TorchDialect } from './torch-dialect.js';
import type { TorchObjects } from './torch-objects.js';
import { readZipRecords } from './zip-records.js';

type Fail = (reason: string) => never;

/**
 * What a zip archive of torch.save (since 1.6) holds.
 *
 * @see torch/serialization.py 1.13 `_save`, 2.13 for `byteorder`
 */
export function readTorchZip(bytes: Uint8Array, fail: Fail): TorchObjects {
  const records = readZipRecords(bytes, fail);
  const prefix = prefixOf(records, fail);
  const order = records.get(`${prefix}/byteorder`);
  if (order && Buffer.from(order).toString('latin1') !== 'little') {
    fail(`its byteorder is ${shortened(Buffer.from(order.subarray(0, 60)).toString('latin1'))}, must be "little"`);
  }
  const pickle = records.get(`${prefix}/data.pkl`) as Uint8Array;
  if (pickle.length > pickleLimits.bytes) {
    fail(`its data.pkl has ${pickle.length} bytes, must be at most ${pickleLimits.bytes}`);
  }
  const dialect = new TorchDialect('zip');
  const { value, end } = readPickle({ bytes: pickle, label: 'data.pkl' }, dialect, fail);
  if (end !== pickle.length) fail(`its data.pkl has ${pickle.length - end} bytes after its STOP`);
  const storages = new Map<string, Uint8Array>();
  for (const { key, type, count } of dialect.storages.values()) {
    const record = records.get(`${prefix}/data/${key}`);
    if (!record) return fail(`storage ${shortened(key)} has no record ${shortened(`${prefix}/data/${key}`)}`);
    if (record.length !== count * type.itemBytes) {
      fail(
        `storage ${shortened(key)} has ${record.length} bytes, ` +
          `${count} values of ${type.name} take ${count * type.itemBytes}`,
      );
    }
    storages.set(key, record);
  }
  return { root: value, storages };
}

/** Folder of all records, `archive` or the stem of the file's name. */
function prefixOf(records: ReadonlyMap<string, Uint8Array>, fail: Fail): string {
  const names = [...records.keys()];
  if (names.some((name) => /^[^/]+\/(code\/|constants\.pkl$)/.test(name))) {
    fail('it is TorchScript (a program), not weights: save model.state_dict() with torch.save instead');
  }
  if (names.length === 1) {
    fail(`it is a zip around the single file ${shortened(names[0])}: unpack it and give that file`);
  }
  const found = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (found.length !== 1) fail(`it is a zip with ${found.length} records data.pkl, torch.save writes one`);
  const prefix = found[0].slice(0, -'/data.pkl'.length);
  const stray = names.find((name) => !name.startsWith(`${prefix}/`));
  if (stray !== undefined) fail(`zip record ${shortened(stray)} lies outside the folder ${shortened(prefix)}`);
  return prefix;
}
