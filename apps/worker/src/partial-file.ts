import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';

/** What a server said of the file whose beginning is here: only the same file may be continued. */
interface Version {
  readonly url: string;
  /** A strong ETag, or the time of the last change. */
  readonly validator: string;
}

/** The beginning of a file that is being downloaded: `<file>.part`, and beside it `<file>.part.json`. */
export class PartialFile {
  readonly #part: string;
  readonly #note: string;
  #handle: FileHandle | undefined;
  #bytes = 0;

  /** @param file Path of the finished file. */
  constructor(readonly file: string) {
    this.#part = `${file}.part`;
    this.#note = `${file}.part.json`;
  }

  get path(): string {
    return this.#part;
  }

  /** Bytes that are here. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What may be continued of an address: the validator to show to the server. Null: nothing. */
  async resumable(url: string): Promise<string | null> {
    try {
      this.#bytes = (await stat(this.#part)).size;
      const note = JSON.parse(await readFile(this.#note, 'utf8')) as Partial<Version>;
      return note.url === url && typeof note.validator === 'string' && this.#bytes > 0 ? note.validator : null;
    } catch {
      return null;
    }
  }

  /** Begins anew. @param validator Null: what comes cannot be continued later. */
  async restart(url: string, validator: string | null): Promise<void> {
    await rm(this.#note, { force: true });
    this.#handle = await open(this.#part, 'w', 0o644);
    this.#bytes = 0;
    if (validator !== null) await writeFile(this.#note, JSON.stringify({ url, validator } satisfies Version));
  }

  /** Goes on at the end. */
  async append(): Promise<void> {
    this.#handle = await open(this.#part, 'a', 0o644);
  }

  async write(piece: Uint8Array): Promise<void> {
    if (!this.#handle) throw new TypeError('write() comes after restart() or append()');
    await this.#handle.writeFile(piece);
    this.#bytes += piece.byteLength;
  }

  /** Ends writing; what has come stays, on the disk. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    if (!handle) return;
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    await rename(this.#part, this.file);
    await rm(this.#note, { force: true });
  }

  async discard(): Promise<void> {
    this.#bytes = 0;
    await rm(this.#part, { force: true });
    await rm(this.#note, { force: true });
  }
}
