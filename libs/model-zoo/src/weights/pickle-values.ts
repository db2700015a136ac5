/** What a pickle may hold: plain data and inert names. Nothing in it can be called. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleSet
  | PickleGlobal
  | PickleObject;

/** Nesting of a value: 0 for what holds nothing. */
export function depthOf(value: PickleValue): number {
  return value instanceof PickleTuple || value instanceof PickleList || value instanceof PickleDict ? value.depth : 0;
}

/** A tuple. */
export class PickleTuple {
  readonly depth: number;

  constructor(readonly items: readonly PickleValue[]) {
    this.depth = items.reduce<number>((deepest, item) => Math.max(deepest, depthOf(item) + 1), 1);
  }
}

/** A list, which grows. */
export class PickleList {
  readonly items: PickleValue[] = [];
  #depth = 1;

  get depth(): number {
    return this.#depth;
  }

  push(item: PickleValue): void {
    this.items.push(item);
    this.#depth = Math.max(this.#depth, depthOf(item) + 1);
  }
}

/** A dict or an OrderedDict, in order of insertion; a Map, so that no key reaches a prototype. */
export class PickleDict {
  readonly entries = new Map<string | number, PickleValue>();
  #depth = 1;

  /** @param ordered True for collections.OrderedDict. */
  constructor(readonly ordered: boolean) {}

  get depth(): number {
    return this.#depth;
  }

  set(key: string | number, value: PickleValue): void {
    this.entries.set(key, value);
    this.#depth = Math.max(this.#depth, depthOf(value) + 1);
  }
}

/** A set; no opcode that is read can fill one. */
export class PickleSet {}

/** The name of a Python global; it is never looked up. */
export class PickleGlobal {
  /** @param name Module and name, e.g. `collections.OrderedDict`. */
  constructor(readonly name: string) {}
}

/** What a dialect makes of a global and its arguments, or of a persistent id. */
export abstract class PickleObject {
  /** For messages, e.g. `tensor`. */
  abstract readonly kind: string;
}

/** A value in a few words, for messages. */
export function describePickleValue(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return shortened(value);
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof PickleTuple) return 'a tuple';
  if (value instanceof PickleList) return 'a list';
  if (value instanceof PickleDict) return value.ordered ? 'an OrderedDict' : 'a dict';
  if (value instanceof PickleGlobal) return `the global ${value.name}`;
  return value instanceof PickleObject ? `a ${value.kind}` : 'a set';
}

/** Text from a file for a message: quoted, without control characters, at most 60 characters. */
export function shortened(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
