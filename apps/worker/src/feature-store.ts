import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Shape, sizeOf } from '#primitives';
import type { FeatureValues } from './feature-values.js';
import { shrinkFolder } from './shrink-folder.js';

/** Features of some pictures, as they were computed together. */
export interface ComputedFeatures {
  /** Name of each picture as it was seen, see `viewName`. */
  readonly images: readonly string[];
  /** Of one picture. */
  readonly shape: Shape;
  /** [images, ...shape] */
  readonly values: FeatureValues;
  /** What computing them took. */
  readonly seconds: number;
}

/** Takes what is on disk of one picture. @param index In the list that was asked for. @param seconds Its share of computing. */
export type TakeRow = (index: number, row: FeatureValues, shape: Shape, seconds: number) => void;

interface Header {
  readonly images: readonly string[];
  readonly shape: Shape;
  /** Absent: fp32. */
  readonly dtype?: 'fp16';
  readonly secondsPerImage: number;
}

/** Bytes of a segment at most: what is read, checked and handed on at a time. */
const largestSegment = 64 * 2 ** 20;

/** How long it is remembered that keeping does not pay. */
const rememberedMs = 7 * 24 * 3_600_000;

/** What a busy disk may add to any write. */
const noiseSeconds = 0.5;

const marker = 'does-not-pay.json';

/**
 * Features on disk by picture: a folder for everything else that they depend on, in it segments that are written once and
 * never changed. So a new version of a dataset adds what its new pictures gave, and reads the others. A segment is named
 * by the SHA-256 of its bytes, appears whole by renaming, and is checked when it is read; one that is damaged is removed.
 * Nobody holds a lock: two processes that compute the same write it twice, and one that is killed leaves a file that is
 * swept. Anything in the folder may be deleted at any time.
 */
export class FeatureStore {
  /**
   * @param folder Made at the first write. @param limitBytes See `shrinkFolder`.
   */
  constructor(
    readonly folder: string,
    private readonly limitBytes: number,
    private readonly clock: Clock,
  ) {}

  /** Hands over every picture that is there; a picture that is asked for twice is handed over twice. */
  async read(key: string, images: readonly string[], take: TakeRow): Promise<void> {
    const wanted = new Map<string, number[]>();
    images.forEach((image, index) => {
      wanted.set(image, [...(wanted.get(image) ?? []), index]);
    });
    for (const name of await segmentsIn(join(this.folder, key))) {
      if (wanted.size === 0) return;
      await this.#readSegment(join(this.folder, key, name), wanted, take);
    }
  }

  /** Whether features under this key are worth keeping, as far as was measured. */
  async pays(key: string): Promise<boolean> {
    const mtimeMs = await stat(join(this.folder, key, marker)).then(
      (found) => found.mtimeMs,
      () => Number.NEGATIVE_INFINITY,
    );
    return this.clock.now() - mtimeMs > rememberedMs;
  }

  /**
   * Keeps features, unless writing them takes longer than computing did: reading has the same bytes to hash and to move.
   * That is noted then, and not tried again for a week. A disk that is full is no reason to fail a trial.
   */
  async write(key: string, { images, shape, values, seconds }: ComputedFeatures): Promise<void> {
    if (images.length === 0 || !(await this.pays(key))) return;
    const folder = join(this.folder, key);
    const began = this.clock.monotonicMs();
    const written: string[] = [];
    try {
      await mkdir(folder, { recursive: true });
      const size = sizeOf(shape);
      const rows = Math.max(1, Math.floor(largestSegment / (values.BYTES_PER_ELEMENT * size)));
      for (let from = 0; from < images.length; from += rows) {
        const some = images.slice(from, from + rows);
        const dtype = values instanceof Uint16Array ? ({ dtype: 'fp16' } as const) : {};
        const header: Header = { images: some, shape, ...dtype, secondsPerImage: seconds / images.length };
        written.push(await this.#writeSegment(folder, header, values.subarray(from * size, (from + rows) * size)));
      }
      const writeSeconds = (this.clock.monotonicMs() - began) / 1000;
      if (writeSeconds > seconds + noiseSeconds) {
        const measured = { computeSeconds: seconds, writeSeconds, bytes: values.byteLength, images: images.length };
        for (const name of written) await rm(join(folder, name), { force: true });
        await writeFile(join(folder, marker), JSON.stringify(measured));
      }
      await shrinkFolder(this.folder, this.limitBytes);
    } catch {
      // A full disk, no rights, a folder that another process has removed: there is no cache, and nothing else is wrong.
    }
  }

  async #writeSegment(folder: string, header: Header, values: FeatureValues): Promise<string> {
    const start = startOf(header);
    const body = bytesOf(values);
    const name = `${createHash('sha256').update(start).update(body).digest('hex')}.segment`;
    const unfinished = join(this.folder, `.${randomUUID()}.tmp`);
    try {
      const file = await open(unfinished, 'wx');
      try {
        await file.writeFile(start);
        await file.writeFile(body);
      } finally {
        await file.close();
      }
      await rename(unfinished, join(folder, name));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return name;
  }

  async #readSegment(path: string, wanted: Map<string, number[]>, take: TakeRow): Promise<void> {
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'r');
      const lengthBytes = await readAt(file, 0, 8);
      const start = Buffer.concat([lengthBytes, await readAt(file, 8, lengthBytes.readUInt32LE(0))]);
      const { images, shape, dtype, secondsPerImage } = JSON.parse(start.toString('utf8', 8)) as Header;
      if (!images.some((image) => wanted.has(image))) return;
      const size = sizeOf(shape);
      const Values = dtype === 'fp16' ? Uint16Array : Float32Array;
      const values = new Values(size * images.length);
      bytesOf(values).set(await readAt(file, start.length, values.byteLength));
      const found = createHash('sha256').update(start).update(bytesOf(values)).digest('hex');
      if (!path.endsWith(`${found}.segment`)) throw new Error('damaged');
      images.forEach((image, row) => {
        for (const index of wanted.get(image) ?? []) {
          take(index, values.subarray(row * size, (row + 1) * size), shape, secondsPerImage);
        }
        wanted.delete(image);
      });
      await utimes(path, new Date(this.clock.now()), new Date(this.clock.now())).catch(() => {}); // used: it goes last
    } catch {
      await rm(path, { force: true }).catch(() => {});
    } finally {
      await file?.close();
    }
  }
}

async function segmentsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.segment')).sort();
}

/** @throws {Error} if the file is shorter. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error('cut short');
    done += bytesRead;
  }
  return bytes;
}

/** Length of the header, the header. */
function startOf(header: Header): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}

function bytesOf(values: FeatureValues): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
