/** @file Assembles pickles opcode by opcode, good and bad ones, for tests. No part of the lib. */

/** What becomes bytes: a byte, text as UTF-8, or bytes in order. */
export type Part = number | string | Uint8Array | readonly Part[];

/** The bytes of parts in order. */
export function assemble(...parts: readonly Part[]): Uint8Array {
  return Buffer.concat(parts.map(toBuffer));
}

function toBuffer(part: Part): Uint8Array {
  if (typeof part === 'number') return Uint8Array.of(part);
  if (typeof part === 'string') return Buffer.from(part);
  return part instanceof Uint8Array ? part : assemble(...part);
}

/** A whole pickle of protocol 2. */
export const pickle = (...body: readonly Part[]) => assemble(0x80, 2, body, '.');

export const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

export const int64 = (value: number | bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
};

/** BINUNICODE. */
export const text = (value: string): Part => ['X', int32(Buffer.byteLength(value)), value];

/** BININT, or LONG1 beyond 32 bits. */
export const whole = (value: number): Part =>
  Math.abs(value) < 2 ** 31 ? ['J', int32(value)] : [0x8a, 8, int64(value)];

export const tuple = (...items: readonly Part[]): Part => ['(', items, 't'];

export const globalName = (module: string, name: string): Part => `c${module}\n${name}\n`;

export const reduce = (callee: Part, ...args: readonly Part[]): Part => [callee, tuple(...args), 'R'];

export const dict = (entries: Readonly<Record<string, Part>>): Part => [
  '}(',
  Object.entries(entries).map(([key, value]) => [text(key), value]),
  'u',
];

export const list = (...items: readonly Part[]): Part => ['](', items, 'e'];

export const emptyOrderedDict: Part = reduce(globalName('collections', 'OrderedDict'));

/** A storage in a pickle. */
export interface StorageParts {
  readonly type?: string;
  readonly key?: string;
  readonly count?: number;
  /** A sixth item, as a legacy stream has it. */
  readonly legacy?: boolean;
}

export const storageId = ({ type = 'FloatStorage', key = '0', count = 4, legacy }: StorageParts = {}): Part => [
  tuple(text('storage'), globalName('torch', type), text(key), text('cpu'), whole(count), legacy ? 'N' : []),
  'Q',
];

/** A tensor in a pickle. */
export interface TensorParts extends StorageParts {
  readonly storage?: Part;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
  readonly hooks?: Part;
  readonly metadata?: Part;
}

export const tensor = (parts: TensorParts = {}): Part =>
  reduce(
    globalName('torch._utils', '_rebuild_tensor_v2'),
    parts.storage ?? storageId(parts),
    whole(parts.offset ?? 0),
    tuple(...(parts.shape ?? [2, 2]).map(whole)),
    tuple(...(parts.strides ?? [2, 1]).map(whole)),
    0x89,
    parts.hooks ?? emptyOrderedDict,
    parts.metadata ?? [],
  );
