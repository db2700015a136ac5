import { crc32 } from 'node:zlib';
import { shortened } from './pickle-values.js';
import { readZipDirectory, type ZipRecord, zipSignatures } from './zip-directory.js';

type Fail = (reason: string) => never;

/**
 * Records of a zip as torch writes it, by name: stored, none twice, none over another, each with its CRC. The directory
 * counts, because torch leaves the sizes in the local headers 0; where they are given they must agree.
 *
 * @returns Views of `bytes`.
 * @see PKWARE APPNOTE 6.3.10 §4.3; caffe2/serialize/inline_container.cc in torch 1.13
 */
export function readZipRecords(bytes: Uint8Array, fail: Fail): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = readZipDirectory(bytes, fail);
  const payloads = new Map<string, Uint8Array>();
  let covered = 0;
  for (const record of [...directory.records].sort((a, b) => a.header - b.header)) {
    const label = `zip record ${shortened(record.name)}`;
    if (payloads.has(record.name)) fail(`${label} occurs twice`);
    if (record.header < covered) fail(`${label} overlaps the one before it`);
    // Between two records lies at most a data descriptor: 24 bytes with its signature.
    if (record.header - covered > 24) fail(`${record.header - covered} bytes before ${label} belong to none`);
    const start = payloadStart(bytes, view, record, directory.start, fail);
    const payload = bytes.subarray(start, start + record.size);
    if (crc32(payload) !== record.crc) fail(`${label} is damaged: its CRC-32 differs`);
    payloads.set(record.name, payload);
    covered = start + record.size;
  }
  if (directory.start - covered > 24)
    fail(`${directory.start - covered} bytes before the zip directory belong to none`);
  return payloads;
}

/** Checks the local header against the directory. */
function payloadStart(bytes: Uint8Array, view: DataView, record: ZipRecord, limit: number, fail: Fail): number {
  const { header, name, crc, size } = record;
  const label = `zip record ${shortened(name)}`;
  if (header + 30 > limit || view.getUint32(header, true) !== zipSignatures.local) {
    return fail(`${label} has no header at byte ${header}`);
  }
  const [flags, method] = [6, 8].map((at) => view.getUint16(header + at, true));
  const said = [14, 18, 22].map((at) => view.getUint32(header + at, true));
  const [nameLength, extraLength] = [26, 28].map((at) => view.getUint16(header + at, true));
  const nameEnd = header + 30 + nameLength;
  const start = nameEnd + extraLength;
  if (start + size > limit) return fail(`${label} of ${size} bytes reaches beyond the zip directory`);
  const sameName = Buffer.from(name).equals(bytes.subarray(header + 30, nameEnd));
  const sameNumbers = [crc, size, size].every((value, index) => said[index] === value || said[index] === 0);
  if (!sameName || !sameNumbers || method !== 0 || (flags & 0x2041) !== 0) {
    return fail(`${label} has a header at byte ${header} that does not say what the directory says`);
  }
  return start;
}
