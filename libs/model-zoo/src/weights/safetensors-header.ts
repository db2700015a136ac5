import type { Shape } from '#primitives';
import { type HeaderJson, parseHeaderJson } from './header-json.js';
import { WeightsFileError } from './weights-file-error.js';

/** Bytes per value of the types that are read. */
export const dtypeBytes = { F16: 2, F32: 4, F64: 8, I64: 8 } as const;
export type Dtype = keyof typeof dtypeBytes;

/** Largest header that is parsed, bytes: ResNet-152's is under 100 kB, and a hostile one must not fill the memory. */
export const maximumHeaderBytes = 16 * 2 ** 20;

const maximumRank = 8;

/** One tensor of the file; `begin` and `end` count from the start of the data. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their data, which they cover without gap or overlap. */
  readonly entries: readonly HeaderEntry[];
  /** Where the data starts, bytes from the start of the file. */
  readonly dataStart: number;
}

/**
 * Reads and checks a safetensors header against the file's length; every number is checked before it is used.
 *
 * @throws {WeightsFileError} naming what is wrong.
 * @see huggingface/safetensors, README "Format" and safetensors/src/tensor.rs
 */
export function readSafetensorsHeader(bytes: Uint8Array, origin: string): SafetensorsHeader {
  const fail = (reason: string): never => {
    throw new WeightsFileError(origin, reason);
  };
  if (bytes.length < 8) fail(`file has ${bytes.length} bytes, a header length needs 8`);
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (headerBytes > BigInt(maximumHeaderBytes)) fail(`header has ${headerBytes} bytes, must be at most 16 MiB`);
  const dataStart = 8 + Number(headerBytes);
  if (dataStart > bytes.length)
    fail(`header has ${headerBytes} bytes, the file only ${bytes.length - 8} after its length`);
  const header = parse(bytes.subarray(8, dataStart), fail);
  const entries = [...header]
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => toEntry(name, value, fail))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  assertCovered(entries, bytes.length - dataStart, fail);
  return { metadata: toMetadata(header.get('__metadata__'), fail), entries, dataStart };
}

type Fail = (reason: string) => never;

function parse(bytes: Uint8Array, fail: Fail): ReadonlyMap<string, HeaderJson> {
  // The format asks for this byte, so that no reader has to guess at leading spaces.
  if (bytes[0] !== 0x7b) fail('header does not begin with {');
  try {
    return parseHeaderJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as ReadonlyMap<string, HeaderJson>;
  } catch (error) {
    return fail(error instanceof SyntaxError ? error.message : 'header is not UTF-8');
  }
}

function toMetadata(value: HeaderJson | undefined, fail: Fail): ReadonlyMap<string, string> {
  if (value === undefined) return new Map();
  if (!(value instanceof Map) || [...value.values()].some((entry) => typeof entry !== 'string')) {
    return fail('__metadata__ must map strings to strings');
  }
  return value;
}

function toEntry(name: string, value: HeaderJson, fail: Fail): HeaderEntry {
  const label = `tensor ${JSON.stringify(name)}`;
  if (!(value instanceof Map)) return fail(`${label} must be an object`);
  const extra = [...value.keys()].find((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  if (extra !== undefined) fail(`${label} has the unknown field ${JSON.stringify(extra)}`);
  const dtype = value.get('dtype');
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypeBytes, dtype)) {
    return fail(`${label} has dtype ${JSON.stringify(dtype)}, must be ${Object.keys(dtypeBytes).join(', ')}`);
  }
  const shape = integers(value.get('shape'));
  if (!shape || shape.length > maximumRank) return fail(`${label} has no shape of at most ${maximumRank} axes`);
  const offsets = integers(value.get('data_offsets'));
  if (offsets?.length !== 2) return fail(`${label} has no pair of data_offsets`);
  const [begin, end] = offsets;
  if (begin > end) fail(`${label} has data_offsets [${begin}, ${end}], which run backwards`);
  let sizeBytes: number = dtypeBytes[dtype as Dtype];
  for (const axis of shape) {
    sizeBytes *= axis;
    if (!Number.isSafeInteger(sizeBytes)) fail(`${label} has shape [${shape}], whose size overflows`);
  }
  if (sizeBytes !== end - begin) {
    fail(`${label} has ${end - begin} bytes, ${dtype} of shape [${shape}] takes ${sizeBytes}`);
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

function integers(value: HeaderJson | undefined): readonly number[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'number') ? value : undefined;
}

function assertCovered(entries: readonly HeaderEntry[], dataBytes: number, fail: Fail): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin < covered) fail(`tensor ${JSON.stringify(name)} overlaps the data before it`);
    if (begin > covered) fail(`${begin - covered} bytes before tensor ${JSON.stringify(name)} belong to none`);
    covered = end;
  }
  if (covered !== dataBytes) fail(`tensors take ${covered} bytes, the file holds ${dataBytes}`);
}
