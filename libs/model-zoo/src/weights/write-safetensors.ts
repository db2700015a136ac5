import type { NamedTensor } from '#primitives';
import { sizeOf } from '#primitives';
import { toHalf } from './half-precision.js';
import { dtypeBytes, maximumHeaderBytes } from './safetensors-header.js';

/** How values are stored: `F32` keeps every bit, `F16` is half as large. */
export type StoredPrecision = 'F32' | 'F16';

/** What goes into a file besides the tensors. */
export interface WriteOptions {
  /** Written as `__metadata__`, keys sorted. @default none */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Precision of each tensor. @default 'F32' for all */
  readonly precision?: (tensor: NamedTensor) => StoredPrecision;
}

/**
 * A safetensors file. F32 tensors come first, so that all data is aligned; otherwise the order is kept. Equal input
 * gives equal bytes.
 *
 * @throws {RangeError} if two tensors share a name, a length differs from its shape, a finite value does not fit F16,
 * or the header grows beyond 16 MiB.
 */
export function writeSafetensors(tensors: readonly NamedTensor[], options: WriteOptions = {}): Uint8Array {
  const planned = plan(tensors, options);
  const header = encodeHeader(planned, options.metadata ?? {});
  const dataBytes = planned.at(-1)?.end ?? 0;
  const file = new Uint8Array(header.length + dataBytes);
  file.set(header);
  for (const entry of planned) file.set(encode(entry), header.length + entry.begin);
  return file;
}

interface Planned {
  readonly tensor: NamedTensor;
  readonly precision: StoredPrecision;
  readonly begin: number;
  readonly end: number;
}

function plan(tensors: readonly NamedTensor[], { precision = () => 'F32' }: WriteOptions): Planned[] {
  const names = new Set<string>(['__metadata__']);
  for (const { name, shape, data } of tensors) {
    if (names.has(name)) throw new RangeError(`tensors has the name ${name} twice or reserved, must be unique`);
    names.add(name);
    if (data.length !== sizeOf(shape)) {
      throw new RangeError(`tensor ${name} has ${data.length} values, shape [${shape}] takes ${sizeOf(shape)}`);
    }
  }
  const choices = tensors.map((tensor) => ({ tensor, precision: precision(tensor) }));
  let end = 0;
  return (['F32', 'F16'] as const)
    .flatMap((stored) => choices.filter((choice) => choice.precision === stored))
    .map((choice) => {
      const begin = end;
      end += choice.tensor.data.length * dtypeBytes[choice.precision];
      return { ...choice, begin, end };
    });
}

/** Length, JSON, and spaces up to a multiple of eight. */
function encodeHeader(planned: readonly Planned[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const fields = planned.map(({ tensor, precision, begin, end }) =>
    field(tensor.name, { dtype: precision, shape: tensor.shape, data_offsets: [begin, end] }),
  );
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) {
    const entries = keys.map((key) => field(key, metadata[key]));
    fields.unshift(`"__metadata__":{${entries.join(',')}}`);
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const padded = Math.ceil(json.length / 8) * 8;
  if (padded > maximumHeaderBytes) throw new RangeError(`header has ${padded} bytes, must be at most 16 MiB`);
  const header = new Uint8Array(8 + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(json, 8);
  return header;
}

function field(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function encode({ tensor: { name, data }, precision }: Planned): Uint8Array {
  if (precision === 'F32') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const halves = new Uint16Array(data.length);
  for (let index = 0; index < data.length; index++) {
    halves[index] = toHalf(data[index]);
    if ((halves[index] & 0x7fff) === 0x7c00 && Number.isFinite(data[index])) {
      throw new RangeError(`tensor ${name} has the value ${data[index]}, F16 holds at most 65504`);
    }
  }
  return new Uint8Array(halves.buffer);
}
