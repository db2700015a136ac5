/** What a safetensors header is made of: no fractions, signs, booleans or null. */
export type HeaderJson = string | number | readonly HeaderJson[] | ReadonlyMap<string, HeaderJson>;

/** Deepest nesting of a well-formed header is 3: file, tensor, list of numbers. */
const maximumDepth = 4;

/**
 * Parses JSON as safetensors headers use it. `JSON.parse` keeps the last of two equal keys, so one reader may see other
 * tensors than the next; here equal keys are an error. Objects become Maps, so no key can reach a prototype.
 *
 * @throws {SyntaxError} with the reason and position.
 */
export function parseHeaderJson(text: string): HeaderJson {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  #position = 0;

  constructor(readonly text: string) {}

  value(depth: number): HeaderJson {
    if (depth > maximumDepth) this.#fail(`is nested deeper than ${maximumDepth}`);
    this.#skipSpace();
    const next = this.text[this.#position];
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#array(depth);
    return next === '"' ? this.#string() : this.#integer();
  }

  end(): void {
    this.#skipSpace();
    if (this.#position < this.text.length) this.#fail('goes on after its end');
  }

  #object(depth: number): ReadonlyMap<string, HeaderJson> {
    const entries = new Map<string, HeaderJson>();
    this.#list('}', () => {
      this.#skipSpace();
      const key = this.#string();
      if (entries.has(key)) this.#fail(`has the key ${JSON.stringify(key)} twice`);
      this.#expect(':');
      entries.set(key, this.value(depth + 1));
    });
    return entries;
  }

  #array(depth: number): readonly HeaderJson[] {
    const items: HeaderJson[] = [];
    this.#list(']', () => items.push(this.value(depth + 1)));
    return items;
  }

  #list(close: string, item: () => void): void {
    this.#position += 1;
    this.#skipSpace();
    if (this.text[this.#position] === close) {
      this.#position += 1;
      return;
    }
    for (;;) {
      item();
      this.#skipSpace();
      if (this.text[this.#position] === close) break;
      this.#expect(',');
    }
    this.#position += 1;
  }

  /** Scanned by hand: a regular expression runs out of stack on a string of megabytes. */
  #string(): string {
    const start = this.#position;
    if (this.text[start] !== '"') this.#fail('lacks a string');
    let end = start + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    if (end >= this.text.length) this.#fail('has a string without an end');
    this.#position = end + 1;
    try {
      return JSON.parse(this.text.slice(start, end + 1)) as string;
    } catch {
      return this.#fail('has a malformed string');
    }
  }

  #integer(): number {
    const digits = /(?:0|[1-9]\d{0,15})(?![\d.eE])/y;
    digits.lastIndex = this.#position;
    const found = digits.exec(this.text)?.[0];
    if (found === undefined) return this.#fail('lacks a string, object, list or whole number below 10¹⁶');
    this.#position += found.length;
    return Number.isSafeInteger(Number(found)) ? Number(found) : this.#fail('has a number beyond 2⁵³');
  }

  #expect(character: string): void {
    this.#skipSpace();
    if (this.text[this.#position] !== character) this.#fail(`lacks a ${character}`);
    this.#position += 1;
  }

  #skipSpace(): void {
    while (' \t\n\r'.includes(this.text[this.#position] ?? '.')) this.#position += 1;
  }

  #fail(reason: string): never {
    throw new SyntaxError(`header ${reason} at character ${this.#position}`);
  }
}
