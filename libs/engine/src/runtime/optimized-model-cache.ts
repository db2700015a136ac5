import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { env, type InferenceSession } from 'onnxruntime-node';
import { channelBlock } from './channel-block.js';
import { openSession, type SessionOptions } from './open-session.js';

/** Bytes that the files of a folder may take together: some hundred networks. */
const largestFolder = 256 * 2 ** 20;

/** A session, and whether onnxruntime found its graph optimised already. */
export interface CachedSession {
  readonly session: InferenceSession;
  readonly fromCache: boolean;
}

/**
 * Opens a model for the processor; what onnxruntime's optimizer makes of it (8 of 10 seconds of a deep DenseNet-121) is
 * kept in a folder under the content of the model and everything else it depends on, so the next process loads that.
 * The result computes the same bits. Safe beside other processes and under kill -9: a file appears whole under a name
 * that holds its hash, one that is damaged is thrown away, and where the folder cannot be used the model is opened without.
 *
 * @param folder May not exist yet. Files that were not used for longest go once it holds more than 256 MiB.
 */
export async function openThroughCache(
  model: Uint8Array,
  options: SessionOptions,
  folder: string,
): Promise<CachedSession> {
  const key = sha256(Buffer.concat([Buffer.from(await environment()), model]));
  const kept = await readKept(folder, key);
  if (kept !== undefined) {
    try {
      return { session: await openSession(kept, { ...options, optimized: 'already' }), fromCache: true };
    } catch {
      await removeAll(folder, key); // from another build after all
    }
  }
  const side = join(folder, `${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const session = await openSession(model, { ...options, optimized: { keepAs: side } });
    await keep(folder, key, side);
    return { session, fromCache: false };
  } catch {
    await rm(side, { force: true }).catch(() => {});
    return { session: await openSession(model, options), fromCache: false };
  }
}

/** What an optimised graph depends on beside the graph: kernels are chosen for the build and the processor. */
async function environment(): Promise<string> {
  const { node, common } = env.versions;
  // Virtual processors of one name may differ in what they can do.
  return JSON.stringify([node, common, process.platform, arch(), cpus()[0]?.model, await channelBlock()]);
}

/** The file's bytes if it is there and whole. */
async function readKept(folder: string, key: string): Promise<Uint8Array | undefined> {
  for (const name of await namesOf(folder, key)) {
    const file = join(folder, name);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes !== undefined && name === fileName(key, bytes)) {
      await utimes(file, new Date(), new Date()).catch(() => {}); // used: it goes last
      return bytes;
    }
    await rm(file, { force: true });
  }
  return undefined;
}

async function keep(folder: string, key: string, side: string): Promise<void> {
  try {
    await rename(side, join(folder, fileName(key, await readFile(side))));
    await shrink(folder);
  } catch {
    // Another process cleared the folder, or the disk is full: there is no cache, and nothing else is wrong.
    await rm(side, { force: true }).catch(() => {});
  }
}

async function shrink(folder: string): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const file = join(folder, name);
      const { size, mtimeMs } = await stat(file);
      return { file, size, mtimeMs };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { file, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= largestFolder) return;
    await rm(file, { force: true });
    total -= size;
  }
}

async function removeAll(folder: string, key: string): Promise<void> {
  for (const name of await namesOf(folder, key)) await rm(join(folder, name), { force: true });
}

async function namesOf(folder: string, key: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith(`${key}-`));
}

function fileName(key: string, bytes: Uint8Array): string {
  return `${key}-${sha256(bytes)}.onnx`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
