import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NamedTensor, sizeOf } from '#primitives';

/** What is made once for many trials, such as a head that was fitted to features. */
export interface CachedTensors {
  readonly tensors: readonly NamedTensor[];
  /** What the training pictures took: counted as training by every trial that uses them, so that trials stay comparable. */
  readonly trainSeconds: number;
  /** What the validation pictures took: counted as evaluation. */
  readonly evaluationSeconds: number;
}

/** Part of every key: files of another format are not found. */
const formatVersion = 4;

/** Larger ones are made anew: reading them would save little, and a disk is not endless. */
const largestBytes = 1 << 30;

/**
 * Heads on disk, shared by all trials of one device that freeze the same blocks of the same weights over the same pictures;
 * the features themselves are in `FeatureStore`. A file that is missing, cut short or damaged reads as absent; anything in the folder may be deleted.
 */
export class FeatureCache {
  /** @param folder Made at the first write. */
  constructor(readonly folder: string) {}

  /** Key of everything the tensors depend on; any JSON. */
  static key(parts: unknown): string {
    return createHash('sha256')
      .update(JSON.stringify([formatVersion, parts]))
      .digest('hex');
  }

  async read(key: string): Promise<CachedTensors | null> {
    try {
      const bytes = await readFile(this.#path(key));
      const headerEnd = bytes.indexOf(10);
      const header = JSON.parse(bytes.toString('utf8', 0, headerEnd)) as Header;
      // Copied: the numbers need not begin at a multiple of four in the file.
      const values = new Float32Array(new Uint8Array(bytes.subarray(headerEnd + 1)).buffer);
      if (header.key !== key || header.sha256 !== digest(values)) return null;
      let offset = 0;
      const tensors = header.tensors.map(({ name, shape }) => {
        const start = offset;
        offset += sizeOf(shape);
        return { name, shape, data: values.subarray(start, offset) };
      });
      const { trainSeconds, evaluationSeconds } = header;
      await utimes(this.#path(key), new Date(), new Date()).catch(() => {}); // used: it goes last, see `shrinkFolder`
      return { tensors, trainSeconds, evaluationSeconds };
    } catch {
      return null;
    }
  }

  /** Writes whole or not at all. A disk that is full is no reason to fail a trial. */
  async write(key: string, { tensors, ...durations }: CachedTensors): Promise<void> {
    const length = tensors.reduce((sum, { data }) => sum + data.length, 0);
    if (4 * length > largestBytes) return;
    const values = new Float32Array(length);
    let offset = 0;
    for (const { data } of tensors) {
      values.set(data, offset);
      offset += data.length;
    }
    const shapes = tensors.map(({ name, shape }) => ({ name, shape }));
    const header: Header = { key, tensors: shapes, ...durations, sha256: digest(values) };
    const unfinished = join(this.folder, `.${key}.${randomUUID()}.tmp`);
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(unfinished, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), bytesOf(values)]));
      await rename(unfinished, this.#path(key));
    } catch {
      await rm(unfinished, { force: true }).catch(() => {});
    }
  }

  #path(key: string): string {
    return join(this.folder, `${key}.features`);
  }
}

interface Header {
  readonly key: string;
  readonly tensors: readonly Pick<NamedTensor, 'name' | 'shape'>[];
  readonly trainSeconds: number;
  readonly evaluationSeconds: number;
  readonly sha256: string;
}

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function digest(values: Float32Array): string {
  return createHash('sha256').update(bytesOf(values)).digest('hex');
}
