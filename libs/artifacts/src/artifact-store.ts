import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ArtifactCorruptError, ArtifactMissingError } from './artifact-errors.js';

/** What is stored: where to find it again, and how long it is. */
export interface Artifact {
  /** Lower-case hexadecimal SHA-256 of the bytes. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Bytes to store: at once, or in pieces as they come. */
export type ArtifactContent = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * A folder of blobs, each under the SHA-256 of its bytes. Safe for several processes on one file system: a blob appears
 * whole or not at all, is on the disk before `put` returns, and equal bytes are stored once.
 */
export class ArtifactStore {
  /** @param root Folder of the store; made when the first blob is put. */
  constructor(readonly root: string) {}

  /**
   * Stores bytes durably. Memory is bounded by the size of one piece.
   *
   * @throws the file system's error (`ENOSPC`, `EACCES`); nothing half-written stays behind.
   */
  async put(content: ArtifactContent): Promise<Artifact> {
    await mkdir(join(this.root, 'incoming'), { recursive: true });
    const incoming = join(this.root, 'incoming', `${randomUUID()}.tmp`);
    try {
      const artifact = await writeDurably(incoming, content);
      const path = this.path(artifact.sha256);
      await mkdir(dirname(path), { recursive: true });
      await rename(incoming, path);
      await syncFolder(dirname(path));
      return artifact;
    } finally {
      await rm(incoming, { force: true });
    }
  }

  /**
   * The bytes stored under a hash, verified.
   *
   * @throws {ArtifactMissingError} if nothing is stored under it.
   * @throws {ArtifactCorruptError} if the bytes have another hash.
   */
  async get(sha256: string): Promise<Uint8Array> {
    const bytes = await readFile(this.path(sha256)).catch((cause) => {
      throw missing(sha256, cause);
    });
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) throw new ArtifactCorruptError(sha256, found);
    return bytes;
  }

  /**
   * The bytes stored under a hash, in pieces: for downloads. The stream fails with `ArtifactCorruptError` at its end if
   * the bytes had another hash.
   *
   * @throws {ArtifactMissingError} if nothing is stored under it.
   */
  async stream(sha256: string): Promise<Readable> {
    if (!(await this.has(sha256))) throw new ArtifactMissingError(sha256);
    const stream = createReadStream(this.path(sha256));
    const hash = createHash('sha256');
    return stream.compose(async function* verified(pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        hash.update(piece);
        yield piece;
      }
      const found = hash.digest('hex');
      if (found !== sha256) throw new ArtifactCorruptError(sha256, found);
    }) as unknown as Readable;
  }

  /** Whether something is stored under a hash; its bytes are not looked at. */
  async has(sha256: string): Promise<boolean> {
    return stat(this.path(sha256)).then(
      (found) => found.isFile(),
      () => false,
    );
  }

  /** Deletes what is stored under a hash; nothing happens where nothing is. */
  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  /**
   * Where the bytes of a hash lie. Whoever reads the file verifies it.
   *
   * @throws {TypeError} if it is no lower-case hexadecimal SHA-256, so that no name can leave the store.
   */
  path(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) {
      throw new TypeError(`Cannot locate artifact ${JSON.stringify(sha256)}: must be 64 lower-case hexadecimal digits`);
    }
    return join(this.root, 'sha256', sha256.slice(0, 2), sha256.slice(2));
  }
}

async function writeDurably(path: string, content: ArtifactContent): Promise<Artifact> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for await (const piece of content instanceof Uint8Array ? [content] : content) {
      hash.update(piece);
      bytes += piece.byteLength;
      await writeWhole(file, piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** One `write` may take less than it is given. */
async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  let written = 0;
  while (written < piece.byteLength) {
    written += (await file.write(piece, written, piece.byteLength - written)).bytesWritten;
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

function missing(sha256: string, cause: unknown): unknown {
  return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? new ArtifactMissingError(sha256) : cause;
}
