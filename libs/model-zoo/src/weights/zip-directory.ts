import { shortened } from './pickle-values.js';

/** Beyond this a zip needs its 64-bit fields; DenseNet-201 has 1,209 records. */
const maximumRecords = 65_534;

/** First four bytes of each part of a zip, little-endian. */
export const zipSignatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator: 0x07064b50,
} as const;

type Fail = (reason: string) => never;

/** A record as the directory says it. */
export interface ZipRecord {
  readonly name: string;
  readonly crc: number;
  /** Bytes, as stored. */
  readonly size: number;
  /** Where its local header begins. */
  readonly header: number;
}

/** A checked directory. */
export interface ZipDirectory {
  /** Where it begins, after all records. */
  readonly start: number;
  readonly records: readonly ZipRecord[];
}

/**
 * Reads the central directory of a zip as torch writes it: on one disk, nothing compressed or encrypted, without comment,
 * below the sizes that need 64-bit fields. Names are plain relative paths.
 */
export function readZipDirectory(bytes: Uint8Array, fail: Fail): ZipDirectory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { start, end, count } = readEnd(view, fail);
  const records: ZipRecord[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || view.getUint32(at, true) !== zipSignatures.central) {
      fail(`its zip directory has no record ${index} at byte ${at}`);
    }
    const [flags, method] = [8, 10].map((offset) => view.getUint16(at + offset, true));
    const [crc, packed, size] = [16, 20, 24].map((offset) => view.getUint32(at + offset, true));
    const [nameLength, extraLength, commentLength, disk] = [28, 30, 32, 34].map((o) => view.getUint16(at + o, true));
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > end) fail(`its zip directory has no room for the name of record ${index}`);
    const name = toName(bytes.subarray(at + 46, at + 46 + nameLength), fail);
    const label = `zip record ${shortened(name)}`;
    if ((flags & 0x2041) !== 0) fail(`${label} is encrypted`);
    if (method !== 0) fail(`${label} is compressed (method ${method}), torch.save only stores`);
    if (disk !== 0) fail('its zip is spread over several disks');
    if (size === 0xffffffff || packed !== size) fail(`${label} has ${packed} bytes that stand for ${size}`);
    records.push({ name, crc, size, header: view.getUint32(at + 42, true) });
    at = next;
  }
  if (at !== end) fail(`${end - at} bytes of its zip directory belong to no record`);
  return { start, records };
}

function readEnd(view: DataView, fail: Fail): { start: number; end: number; count: number } {
  const end = view.byteLength - 22;
  if (end < 0 || view.getUint32(end, true) !== zipSignatures.end || view.getUint16(end + 20, true) !== 0) {
    return fail('its last 22 bytes are no zip end record: it is cut off, or something follows it');
  }
  const [disk, directoryDisk, here, count] = [4, 6, 8, 10].map((at) => view.getUint16(end + at, true));
  const [size, start] = [12, 16].map((at) => view.getUint32(end + at, true));
  if (disk !== 0 || directoryDisk !== 0 || here !== count) fail('its zip is spread over several disks');
  if (count > maximumRecords) fail(`its zip has ${count} records or more, must be at most ${maximumRecords}`);
  const before = assertEnd64(view, end, { start, size, count }, fail);
  if (start + size !== before) fail(`its zip directory [${start}, ${start + size}) must end at byte ${before}`);
  if (count * 46 > size) fail(`its zip directory has ${size} bytes, ${count} records take at least ${count * 46}`);
  return { start, end: before, count };
}

/** torch writes the 64-bit end record always, though no file here needs it: then it must say the same. */
function assertEnd64(
  view: DataView,
  end: number,
  said: { start: number; size: number; count: number },
  fail: Fail,
): number {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== zipSignatures.locator) return end;
  const start = locator - 56;
  const long = (at: number) => (start < 0 ? -1n : view.getBigUint64(start + at, true));
  const agrees =
    start >= 0 &&
    view.getBigUint64(locator + 8, true) === BigInt(start) &&
    view.getUint32(start, true) === zipSignatures.end64 &&
    long(4) === 44n &&
    view.getUint32(start + 16, true) === 0 &&
    view.getUint32(start + 20, true) === 0 &&
    long(24) === BigInt(said.count) &&
    long(32) === BigInt(said.count) &&
    long(40) === BigInt(said.size) &&
    long(48) === BigInt(said.start);
  return agrees ? start : fail('its zip64 end record does not say what its end record says');
}

/** Names are looked up, never opened; still a path out of the archive is a reason to distrust it. */
function toName(bytes: Uint8Array, fail: Fail): string {
  let name = '';
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('a zip record has a name that is not UTF-8');
  }
  const isPlain = !/[\p{C}\\]/u.test(name) && !name.split('/').some((part) => part === '' || part === '..');
  return isPlain ? name : fail(`a zip record has the name ${shortened(name)}, which is no plain relative path`);
}
