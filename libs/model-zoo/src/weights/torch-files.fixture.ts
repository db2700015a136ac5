/** @file Builds files as torch.save lays them out, and wrong ones, for tests. No part of the lib. */
import { crc32 } from 'node:zlib';
import { assemble, dict, int64, list, type Part, pickle, tensor, text, whole } from './pickle-assembler.fixture.js';

/** One record; what is not given is right. */
export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  /** As the directory says it. */
  readonly size?: number;
  readonly packed?: number;
  /** As the directory says it. */
  readonly header?: number;
  readonly localName?: string;
  readonly localSize?: number;
  readonly localMethod?: number;
}

/** The end of a zip; what is not given is right. */
export interface ZipEnd {
  readonly count?: number;
  readonly size?: number;
  readonly start?: number;
  /** Fields of the 64-bit end record, by their offset. */
  readonly end64?: Readonly<Record<number, number>>;
  readonly withoutEnd64?: boolean;
}

const u16 = (value: number) => Uint8Array.of(value & 255, (value >>> 8) & 255);
const u32 = (value: number) => assemble(u16(value & 0xffff), u16(value >>> 16));

/** A zip: stored records with a data descriptor each, sizes only in the directory, and both end records, as torch does. */
export function zip(parts: readonly ZipPart[], end: ZipEnd = {}): Uint8Array {
  const chunks: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let position = 0;
  for (const part of parts) {
    const { name, data, flags = 0x0808, method = 0, crc = crc32(data), size = data.length } = part;
    const localName = Buffer.from(part.localName ?? name);
    const header = assemble(
      [u32(0x04034b50), u16(0), u16(flags), u16(part.localMethod ?? method), u32(0), u32(0), u32(0)],
      [u32(part.localSize ?? 0), u16(localName.length), u16(0), localName],
    );
    const descriptor = assemble(u32(0x08074b50), u32(crc), u32(data.length), u32(data.length));
    const nameBytes = Buffer.from(name);
    directory.push(
      assemble(
        [u32(0x02014b50), u16(0), u16(0), u16(flags), u16(method), u32(0), u32(crc), u32(part.packed ?? size)],
        [u32(size), u16(nameBytes.length), u16(0), u16(0), u16(0), u16(0), u32(0), u32(part.header ?? position)],
        nameBytes,
      ),
    );
    chunks.push(header, data, descriptor);
    position += header.length + data.length + descriptor.length;
  }
  const entries = assemble(directory);
  const { count = parts.length, size = entries.length, start = position } = end;
  const end64 = Buffer.from(
    assemble(
      [u32(0x06064b50), int64(44), u16(30), u16(45), u32(0), u32(0)],
      [int64(count), int64(count), int64(size), int64(start)],
    ),
  );
  for (const [offset, value] of Object.entries(end.end64 ?? {})) end64.writeBigUInt64LE(BigInt(value), Number(offset));
  const locator = assemble(u32(0x07064b50), u32(0), int64(position + entries.length), u32(1));
  const long = end.withoutEnd64 ? [] : [end64, locator];
  return assemble(
    ...[chunks, entries, long, u32(0x06054b50), u16(0), u16(0)],
    ...[u16(count), u16(count), u32(size), u32(start), u16(0)],
  );
}

/** 16 bytes, the float32 values 1, 2, 3 and 4. */
export const fourValues = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

/** `{"a": tensor [[1, 2], [3, 4]]}`. */
export const goodObject = pickle(dict({ a: tensor() }));

/** The records of a good file, some replaced or added. */
export function torchRecords(changes: Readonly<Record<string, Uint8Array | undefined>> = {}): ZipPart[] {
  const records = { 'data.pkl': goodObject, 'data/0': fourValues, version: Buffer.from('3\n'), ...changes };
  return Object.entries(records).flatMap(([name, data]) => (data ? [{ name: `archive/${name}`, data }] : []));
}

/** A file as torch.save writes it since 1.6, around any object. */
export const torchZip = (object: Uint8Array = goodObject) => zip(torchRecords({ 'data.pkl': object }));

/** The parts of a legacy stream; what is not given is right. */
export interface LegacyParts {
  readonly magic?: Part;
  readonly version?: Part;
  readonly system?: Part;
  readonly object?: Part;
  readonly keys?: Part;
  readonly count?: number | bigint;
  readonly values?: Uint8Array;
}

/** A file as torch.save wrote it before 1.6: `{"a": tensor [[1, 2], [3, 4]]}` with the storage `7`. */
export function torchLegacy(parts: LegacyParts = {}): Uint8Array {
  const system = { protocol_version: whole(1001), little_endian: 0x88, type_sizes: dict({ long: whole(4) }) };
  return assemble(
    parts.magic ?? [0x80, 2, 0x8a, 10, [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19], '.'],
    parts.version ?? pickle(whole(1001)),
    parts.system ?? pickle(dict(system)),
    parts.object ?? pickle(dict({ a: tensor({ legacy: true, key: '7' }) })),
    parts.keys ?? pickle(list(text('7'))),
    int64(parts.count ?? 4),
    parts.values ?? fourValues,
  );
}
