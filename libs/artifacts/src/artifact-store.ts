import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { ArtifactCorruptError, ArtifactMissingError } from './artifact-errors.js';

/** What is stored: where to find it again, and how long it is. */
export interface Artifact {
  /** Lower-case hexadecimal SHA-256 of the bytes: their only name. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Bytes to store: at once, or in pieces as they come. */
export type ArtifactContent = Uint8Array | AsyncIterable<Uint8Array>;

/** How bytes are stored. */
export interface PutOptions {
  /** Whether `collectable` lists the blob, so that it is deleted once nobody needs it. @default {false} */
  readonly collectable?: boolean;
}

/** Names of one piece of a listing. */
const namesPerPiece = 1000;

/**
 * A folder of blobs, each under the SHA-256 of its bytes: `<root>/sha256/ab/cdef…`. Safe for several processes on one
 * file system: a blob appears whole or not at all, is on the disk before `put` returns, and equal bytes are stored once.
 * It is checked against its name whenever it is read. What comes in pieces is never held in memory as a whole.
 */
export class ArtifactStore {
  /** @param root Folder of the store; made when the first blob is put. */
  constructor(readonly root: string) {}

  /**
   * Stores bytes durably; storing the same again is no error and mends a damaged copy.
   *
   * @throws what `content` throws, or the file system's error (`ENOSPC`, `EACCES`); nothing half-written stays behind.
   */
  async put(content: ArtifactContent, { collectable = false }: PutOptions = {}): Promise<Artifact> {
    if (content instanceof Uint8Array) {
      const sha256 = createHash('sha256').update(content).digest('hex');
      if (collectable) await this.#mark(sha256);
      if (await this.#isIntact(sha256, content.byteLength)) return { sha256, bytes: content.byteLength };
    }
    const incoming = join(this.root, 'incoming', `${randomUUID()}.tmp`);
    await mkdir(dirname(incoming), { recursive: true });
    try {
      const artifact = await writeDurably(incoming, content instanceof Uint8Array ? [content] : content);
      if (collectable && !(content instanceof Uint8Array)) await this.#mark(artifact.sha256);
      if (!(await this.#isIntact(artifact.sha256, artifact.bytes))) await this.#publish(incoming, artifact.sha256);
      return artifact;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  /** Stores a copy of a file; as `put`. */
  putFile(path: string): Promise<Artifact> {
    return this.put(createReadStream(path));
  }

  /**
   * The bytes stored under a hash, verified.
   *
   * @throws {ArtifactMissingError} if nothing is stored under it. @throws {ArtifactCorruptError} if it is damaged.
   * @throws {TypeError} as `path`.
   */
  async get(sha256: string): Promise<Uint8Array> {
    const bytes = await readFile(this.path(sha256)).catch((error) => refuseMissing(error, sha256));
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) throw new ArtifactCorruptError(sha256, found);
    return bytes;
  }

  /**
   * The bytes stored under a hash, in pieces: for downloads. The last piece is held back until the whole has been
   * checked: a damaged blob ends in an `ArtifactCorruptError` on the stream, never as if it were complete.
   *
   * @throws {ArtifactMissingError} if nothing is stored under it. @throws {TypeError} as `path`.
   */
  async stream(sha256: string): Promise<Readable> {
    const file = await open(this.path(sha256)).catch((error) => refuseMissing(error, sha256));
    return Readable.from(checked(file, sha256), { objectMode: false });
  }

  /**
   * Where the bytes of a hash lie, or would lie; not checked. Never write there.
   *
   * @throws {TypeError} if it is no lower-case hexadecimal SHA-256, so that no name can leave the store.
   */
  path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) {
      throw new TypeError(`Cannot locate artifact ${JSON.stringify(sha256)}: must be 64 lower-case hexadecimal digits`);
    }
    return join(this.root, 'sha256', sha256.slice(0, 2), sha256.slice(2));
  }

  /** Whether something is stored under a hash; its bytes are not looked at. @throws {TypeError} as `path`. */
  async has(sha256: string): Promise<boolean> {
    return (await this.size(sha256)) !== null;
  }

  /** Bytes stored under a hash, null where nothing is; they are not looked at. @throws {TypeError} as `path`. */
  async size(sha256: string): Promise<number | null> {
    const stats = await stat(this.path(sha256)).catch(nullIfMissing);
    return stats?.isFile() ? stats.size : null;
  }

  /** Deletes what is stored under a hash; nothing happens where nothing is. @throws {TypeError} as `path`. */
  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  /** The hashes of all blobs that were put as collectable, some at a time, in no order. */
  async *collectable(): AsyncGenerator<readonly string[], void, void> {
    const folder = await opendir(this.#marks).catch(nullIfMissing);
    if (folder === null) return;
    let names: string[] = [];
    for await (const { name } of folder) {
      if (names.push(name) < namesPerPiece) continue;
      yield names;
      names = [];
    }
    if (names.length > 0) yield names;
  }

  /**
   * Deletes a collectable blob that was last put before `before`, in ms since 1970; anything else stays.
   *
   * Somebody may be putting equal bytes at this moment, and find them here. So a put marks the blob first and looks for it
   * then, and this does it the other way round: it takes the blob away first, looks at the mark then, and brings the blob
   * back if it was marked again. Whoever marks later than that look finds no blob, and writes one.
   *
   * @returns Whether the blob was deleted. @throws {TypeError} as `path`.
   */
  async collect(sha256: string, before: number): Promise<boolean> {
    const path = this.path(sha256);
    const mark = join(this.#marks, sha256);
    const isOld = async () => {
      const stats = await stat(mark).catch(nullIfMissing);
      return stats !== null && stats.mtimeMs < before;
    };
    if (!(await isOld())) return false;
    const aside = join(this.root, 'incoming', `${randomUUID()}.tmp`);
    await mkdir(dirname(aside), { recursive: true });
    const isThere = await rename(path, aside).then(() => true, falseIfMissing);
    if (!(await isOld())) {
      if (isThere) await rename(aside, path);
      return false;
    }
    await rm(aside, { force: true });
    await rm(mark, { force: true });
    return isThere;
  }

  get #marks(): string {
    return join(this.root, 'collectable');
  }

  /** Notes that a blob is collectable, and that it was put now. */
  async #mark(sha256: string): Promise<void> {
    await mkdir(this.#marks, { recursive: true });
    // Something is written, so that the file system sets its own time, whether or not the mark was there.
    await writeFile(join(this.#marks, sha256), '1');
  }

  async #isIntact(sha256: string, bytes: number): Promise<boolean> {
    if ((await this.size(sha256)) !== bytes) return false;
    const hash = createHash('sha256');
    for await (const piece of createReadStream(this.path(sha256))) hash.update(piece as Buffer);
    return hash.digest('hex') === sha256;
  }

  async #publish(incoming: string, sha256: string): Promise<void> {
    const path = this.path(sha256);
    const made = await mkdir(dirname(path), { recursive: true });
    await rename(incoming, path);
    await syncFolder(dirname(path));
    // A new folder is itself an entry of its parent that a power cut could lose.
    if (made !== undefined) await syncFolder(join(this.root, 'sha256'));
  }
}

async function writeDurably(path: string, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Artifact> {
  const file = await open(path, 'wx', 0o644);
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces) {
      hash.update(piece);
      bytes += piece.byteLength;
      await writeWhole(file, piece);
    }
    await file.sync();
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    await file.close();
  }
}

/** One `write` may take less than it is given. */
async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let from = 0; from < piece.byteLength; ) {
    from += (await file.write(piece, from)).bytesWritten;
  }
}

/** A rename is on the disk only when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* checked(file: FileHandle, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  try {
    let held: Buffer | undefined;
    for await (const piece of file.createReadStream({ autoClose: false })) {
      hash.update(piece as Buffer);
      if (held !== undefined) yield held;
      held = piece as Buffer;
    }
    const found = hash.digest('hex');
    if (found !== sha256) throw new ArtifactCorruptError(sha256, found);
    if (held !== undefined) yield held;
  } finally {
    await file.close();
  }
}

function refuseMissing(error: NodeJS.ErrnoException, sha256: string): never {
  if (error.code === 'ENOENT') throw new ArtifactMissingError(sha256);
  throw error;
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function falseIfMissing(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOENT') return false;
  throw error;
}
