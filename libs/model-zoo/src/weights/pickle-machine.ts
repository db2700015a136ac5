import { opcodeName } from './pickle-opcodes.js';
import {
  depthOf,
  describePickleValue,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleSet,
  PickleTuple,
  type PickleValue,
  shortened,
} from './pickle-values.js';

/** What a pickle's globals stand for. A dialect makes data of them; it never calls anything. */
export interface PickleDialect {
  /** Full names of the globals that may occur; any other is refused where it is met. */
  readonly globals: ReadonlySet<string>;
  /** What a global makes of its arguments. */
  reduce(global: string, args: readonly PickleValue[], fail: Fail): PickleValue;
  /** What a persistent id stands for. */
  persistent(id: PickleValue, fail: Fail): PickleValue;
}

/** Stops the reading with a reason. */
export type Fail = (reason: string) => never;

/** Where a pickle lies. */
export interface PickleSource {
  /** May hold more than the pickle. */
  readonly bytes: Uint8Array;
  /** @default 0 */
  readonly start?: number;
  /** Of `bytes`, for messages, e.g. `data.pkl`. */
  readonly label: string;
}

/** Far above a state_dict: DenseNet-201's has 202 kB, 42,000 opcodes, 10,700 memo entries, 10,400 objects and depth 3. */
export const pickleLimits = {
  bytes: 16 * 2 ** 20,
  operations: 5_000_000,
  memo: 1_000_000,
  /** Tuples, lists, dicts and what a dialect makes. */
  objects: 250_000,
  stack: 65_536,
  depth: 64,
  /** Characters of a global's module or name. */
  globalLength: 256,
} as const;

/**
 * Reads one pickle as data, with the opcodes of torch's restricted reader and no other: there is no opcode here that
 * looks a name up, calls or imports.
 *
 * @param fail Receives the reason with the byte's position.
 * @returns The value, and the position after its STOP.
 * @see torch/_weights_only_unpickler.py 1.13 and 2.13
 */
export function readPickle(
  source: PickleSource,
  dialect: PickleDialect,
  fail: Fail,
): { readonly value: PickleValue; readonly end: number } {
  return new PickleMachine(source, dialect, fail).run();
}

class PickleMachine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  readonly #memo = new Map<number, PickleValue>();
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at the open marks. */
  readonly #marks: number[] = [];
  #position: number;
  #operation: number;
  #objects = 0;

  constructor(
    readonly source: PickleSource,
    readonly dialect: PickleDialect,
    readonly failAt: Fail,
  ) {
    this.#bytes = source.bytes;
    this.#view = new DataView(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
    this.#start = source.start ?? 0;
    this.#position = this.#start;
    this.#operation = this.#start;
    this.#end = Math.min(source.bytes.length, this.#start + pickleLimits.bytes);
  }

  run(): { value: PickleValue; end: number } {
    this.#protocol();
    for (let operations = 1; ; operations++) {
      if (operations > pickleLimits.operations) this.fail(`pickle has more than ${pickleLimits.operations} opcodes`);
      this.#operation = this.#position;
      const opcode = this.byte();
      if (opcode === stop) return this.#finish();
      const handle = handlers[opcode];
      if (handle === undefined) this.fail(`opcode ${opcodeName(opcode)} is not allowed`);
      handle(this);
    }
  }

  /** torch writes protocol 2; others bring opcodes that its own restricted reader refuses too. */
  #protocol(): void {
    if (this.byte() !== 0x80) this.fail('a pickle of protocol 2 must begin with PROTO');
    const version = this.byte();
    if (version !== 2) this.fail(`pickle has protocol ${version}, must be 2, which torch.save writes by default`);
  }

  #finish(): { value: PickleValue; end: number } {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) this.fail('STOP comes before the pickle is complete');
    return { value, end: this.#position };
  }

  fail(reason: string): never {
    return this.failAt(`${reason} (byte ${this.#operation} of ${this.source.label})`);
  }

  /** `count` bytes, and moves behind them. */
  take(count: number): Uint8Array {
    const begin = this.#position;
    if (count > this.#end - begin) {
      if (this.#end === this.#bytes.length) this.fail('pickle ends in the middle');
      this.fail(`pickle is longer than ${pickleLimits.bytes} bytes`);
    }
    this.#position += count;
    return this.#bytes.subarray(begin, begin + count);
  }

  byte(): number {
    return this.take(1)[0];
  }

  /** A number of `count` bytes, read by `read` at its position. */
  number<T>(count: number, read: (view: DataView, position: number) => T): T {
    const position = this.#position;
    this.take(count);
    return read(this.#view, position);
  }

  uint32(): number {
    return this.number(4, (view, position) => view.getUint32(position, true));
  }

  text(length: number): string {
    const bytes = this.take(length);
    try {
      return utf8.decode(bytes);
    } catch {
      return this.fail('text is not UTF-8');
    }
  }

  /** Up to a line feed, which is skipped. */
  line(): string {
    const limit = this.#position + pickleLimits.globalLength + 1;
    const length = this.#bytes.subarray(this.#position, Math.min(this.#end, limit)).indexOf(0x0a);
    if (length < 0 && limit > this.#end) this.take(limit - this.#position);
    if (length < 0) this.fail(`a global has a name of more than ${pickleLimits.globalLength} bytes`);
    const line = this.text(length);
    this.take(1);
    return line;
  }

  push(value: PickleValue): void {
    if (typeof value === 'object' && value !== null) this.#count(value);
    this.#put(value);
  }

  #put(value: PickleValue): void {
    if (this.#stack.length >= pickleLimits.stack) this.fail(`stack has more than ${pickleLimits.stack} values`);
    this.#stack.push(value);
  }

  #count(value: PickleValue): void {
    this.#objects += 1;
    if (this.#objects > pickleLimits.objects) this.fail(`pickle has more than ${pickleLimits.objects} objects`);
    if (depthOf(value) > pickleLimits.depth) this.fail(`pickle is nested deeper than ${pickleLimits.depth}`);
  }

  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) this.fail('pickle takes a value that is not there');
    return this.#stack.pop() as PickleValue;
  }

  /** The topmost value, which stays. */
  top(): PickleValue {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark(): void {
    if (this.#marks.length >= pickleLimits.depth) this.fail(`pickle is nested deeper than ${pickleLimits.depth}`);
    this.#marks.push(this.#stack.length);
  }

  popToMark(): PickleValue[] {
    const height = this.#marks.pop();
    if (height === undefined) return this.fail('pickle closes a mark that is not there');
    return this.#stack.splice(height);
  }

  tuple(count: number): void {
    const items = Array.from({ length: count }, () => this.pop()).reverse();
    this.push(new PickleTuple(items));
  }

  global(): void {
    const name = `${this.line()}.${this.line()}`;
    if (!this.dialect.globals.has(name))
      this.fail(`global ${shortened(name)} is not allowed, only names of a state_dict are`);
    this.push(new PickleGlobal(name));
  }

  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!(callee instanceof PickleGlobal && args instanceof PickleTuple)) {
      this.fail(`REDUCE of ${describePickleValue(callee)} with ${describePickleValue(args)} is not allowed`);
    }
    this.push(this.dialect.reduce(callee.name, args.items, (reason) => this.fail(reason)));
  }

  newObject(): void {
    const args = this.pop();
    this.fail(`NEWOBJ of ${describePickleValue(this.pop())} with ${describePickleValue(args)} is not allowed`);
  }

  /** Attributes of an OrderedDict, which a state_dict has as `_metadata`: nothing here reads them. */
  build(): void {
    const state = this.pop();
    const instance = this.top();
    if (!(instance instanceof PickleDict && instance.ordered && state instanceof PickleDict)) {
      this.fail(`BUILD of ${describePickleValue(instance)} with ${describePickleValue(state)} is not allowed`);
    }
  }

  persistent(): void {
    this.push(this.dialect.persistent(this.pop(), (reason) => this.fail(reason)));
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!(list instanceof PickleList)) this.fail(`append to ${describePickleValue(list)} is not allowed`);
    for (const item of items) list.push(item);
    this.#assertShallow(list);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof PickleDict)) this.fail(`items set on ${describePickleValue(dict)} are not allowed`);
    if (items.length % 2 !== 0) this.fail('a dict has a key without a value');
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index];
      if (typeof key !== 'string' && typeof key !== 'number') {
        this.fail(`a dict has ${describePickleValue(key)} as key, must be text or a number`);
      }
      if (dict.entries.has(key)) this.fail(`a dict has the key ${describePickleValue(key)} twice`);
      dict.set(key, items[index + 1]);
    }
    this.#assertShallow(dict);
  }

  #assertShallow(container: PickleList | PickleDict): void {
    if (container.depth > pickleLimits.depth) this.fail(`pickle is nested deeper than ${pickleLimits.depth}`);
  }

  remember(index: number): void {
    const value = this.top();
    if (this.#memo.size >= pickleLimits.memo) this.fail(`memo has more than ${pickleLimits.memo} entries`);
    this.#memo.set(index, value);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.fail(`memo has no entry ${index}`);
    this.#put(value);
  }

  /** A little-endian two's complement number; beyond 2⁵³ it stays a bigint. */
  long(): void {
    let value = 0n;
    const bytes = this.take(this.byte());
    for (const [index, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * index);
    value = BigInt.asIntN(8 * bytes.length, value);
    const number = Number(value);
    this.push(Number.isSafeInteger(number) ? number : value);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const stop = 0x2e;

/** What each opcode does; GLOBAL only names, REDUCE and BINPERSID ask the dialect for data. */
const handlers: Readonly<Record<number, (machine: PickleMachine) => void>> = {
  40: (machine) => machine.mark(),
  41: (machine) => machine.tuple(0),
  71: (machine) => machine.push(machine.number(8, (view, position) => view.getFloat64(position))),
  74: (machine) => machine.push(machine.number(4, (view, position) => view.getInt32(position, true))),
  75: (machine) => machine.push(machine.byte()),
  77: (machine) => machine.push(machine.number(2, (view, position) => view.getUint16(position, true))),
  78: (machine) => machine.push(null),
  81: (machine) => machine.persistent(),
  82: (machine) => machine.reduce(),
  85: (machine) => machine.push(machine.text(machine.byte())),
  88: (machine) => machine.push(machine.text(machine.uint32())),
  93: (machine) => machine.push(new PickleList()),
  97: (machine) => machine.append([machine.pop()]),
  98: (machine) => machine.build(),
  99: (machine) => machine.global(),
  101: (machine) => machine.append(machine.popToMark()),
  104: (machine) => machine.recall(machine.byte()),
  106: (machine) => machine.recall(machine.uint32()),
  113: (machine) => machine.remember(machine.byte()),
  114: (machine) => machine.remember(machine.uint32()),
  115: (machine) => machine.setItems([machine.pop(), machine.pop()].reverse()),
  116: (machine) => machine.push(new PickleTuple(machine.popToMark())),
  117: (machine) => machine.setItems(machine.popToMark()),
  125: (machine) => machine.push(new PickleDict(false)),
  128: (machine) => machine.fail('PROTO occurs twice'),
  129: (machine) => machine.newObject(),
  133: (machine) => machine.tuple(1),
  134: (machine) => machine.tuple(2),
  135: (machine) => machine.tuple(3),
  136: (machine) => machine.push(true),
  137: (machine) => machine.push(false),
  138: (machine) => machine.long(),
  143: (machine) => machine.push(new PickleSet()),
};
