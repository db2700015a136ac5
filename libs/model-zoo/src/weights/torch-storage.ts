import { fromHalf } from './half-precision.js';

/** How the values of a storage are stored. */
export interface StorageType {
  /** torch's class, e.g. `FloatStorage`. */
  readonly name: string;
  readonly itemBytes: number;
  /** True where the bytes are float32 already. */
  readonly isFloat32: boolean;
  /** The value at a byte position, before it is rounded to float32. */
  readonly read: (view: DataView, position: number) => number;
}

const table: readonly (readonly [name: string, itemBytes: number, read: StorageType['read']])[] = [
  ['FloatStorage', 4, (view, position) => view.getFloat32(position, true)],
  ['HalfStorage', 2, (view, position) => fromHalf(view.getUint16(position, true))],
  ['BFloat16Storage', 2, (view, position) => bfloat16(view.getUint16(position, true))],
  ['DoubleStorage', 8, (view, position) => view.getFloat64(position, true)],
  ['LongStorage', 8, (view, position) => view.getInt32(position + 4, true) * 2 ** 32 + view.getUint32(position, true)],
  ['IntStorage', 4, (view, position) => view.getInt32(position, true)],
  ['ShortStorage', 2, (view, position) => view.getInt16(position, true)],
  ['CharStorage', 1, (view, position) => view.getInt8(position)],
  ['ByteStorage', 1, (view, position) => view.getUint8(position)],
  ['BoolStorage', 1, (view, position) => (view.getUint8(position) === 0 ? 0 : 1)],
];

/** Storage types by the full name of their global. */
export const storageTypes: ReadonlyMap<string, StorageType> = new Map(
  table.map(([name, itemBytes, read]) => [
    `torch.${name}`,
    { name, itemBytes, isFloat32: name === 'FloatStorage', read },
  ]),
);

const word = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloat16(bits: number): number {
  word.setUint16(0, bits);
  return word.getFloat32(0);
}
