import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Rises whenever decoding or resizing may give other pixels; part of the key of every cached file. */
export const decoderVersion = 'retune-pixels-1';

const magic = Buffer.from('RTPIXEL1');
const headerBytes = magic.length + 32 + 8 + 32; // magic, key, length of the pixels, their SHA-256
const chunkBytes = 64 * 1024 * 1024;

/**
 * Decoded pixels on disk, one file per key, verified when read. A file that is missing, cut short, of another key or
 * damaged reads as absent, so it is built again. Anything in the folder may be deleted at any time.
 */
export class PixelCache {
  /** @param folder Absolute path; made at the first write. */
  constructor(readonly folder: string) {}

  /** @param key 64 hex digits. */
  path(key: string): string {
    return join(this.folder, `${key}.pixels`);
  }

  /**
   * Fills `pixels` from the file of this key.
   *
   * @returns Whether it did; when false, `pixels` may hold anything.
   */
  async read(key: string, pixels: Uint8Array): Promise<boolean> {
    let file: FileHandle;
    try {
      file = await open(this.path(key), 'r');
    } catch {
      return false;
    }
    try {
      const header = new Uint8Array(headerBytes);
      const { size } = await file.stat();
      if (size !== headerBytes + pixels.length || !(await readFully(file, header, 0))) return false;
      if (!(await readFully(file, pixels, headerBytes))) return false;
      return Buffer.from(header).equals(headerOf(key, pixels));
    } catch {
      return false; // a disk that cannot be read is a cache that is absent
    } finally {
      await file.close();
    }
  }

  /** Writes the file of this key: whole and durable, or not at all. */
  async write(key: string, pixels: Uint8Array): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const temporary = join(this.folder, `.${key}.${randomUUID()}.tmp`);
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(headerOf(key, pixels));
        for (let at = 0; at < pixels.length; at += chunkBytes) {
          await file.writeFile(pixels.subarray(at, at + chunkBytes));
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path(key));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    const folder = await open(this.folder, 'r');
    await folder.sync().finally(() => folder.close());
  }
}

function headerOf(key: string, pixels: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(pixels.length));
  return Buffer.concat([magic, Buffer.from(key, 'hex'), length, digestOf(pixels)]);
}

function digestOf(pixels: Uint8Array): Buffer {
  const hash = createHash('sha256');
  for (let at = 0; at < pixels.length; at += chunkBytes) hash.update(pixels.subarray(at, at + chunkBytes));
  return hash.digest();
}

async function readFully(file: FileHandle, into: Uint8Array, position: number): Promise<boolean> {
  for (let at = 0; at < into.length; ) {
    const length = Math.min(chunkBytes, into.length - at);
    const { bytesRead } = await file.read(into, at, length, position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}
