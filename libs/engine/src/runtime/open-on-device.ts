import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { DeviceMemoryError, isOutOfMemory } from './device-memory-error.js';
import { executionDevice } from './execution-device.js';
import { type NodePlacement, nodePlacements, onProcessor } from './node-placement.js';
import { openSession, type SessionOptions } from './open-session.js';
import { openThroughCache } from './optimized-model-cache.js';

/** A session that has run once, and where its nodes ran. */
export interface OpenedModel {
  readonly session: InferenceSession;
  /** What another device than the processor leaves to the processor; empty on the processor itself. */
  readonly nodesOnCpu: readonly NodePlacement[];
  /** Whether onnxruntime's part of compiling was found in the cache folder. */
  readonly fromCache: boolean;
}

/**
 * Opens a model. On another device than the processor it is run once, for three ends: ONNX Runtime decides by itself
 * which nodes go to the processor, and says so only in the profile of a run; shaders are compiled when they are first
 * used; and a device whose memory does not suffice fails now, not in the middle of a training.
 *
 * @param options.cacheFolder See `openThroughCache`; for the processor only.
 * @param firstFeeds Of the first run, whose results are thrown away.
 * @throws {DeviceMemoryError} if the device has too little memory.
 */
export async function openOnDevice(
  model: Uint8Array,
  { cacheFolder, ...options }: SessionOptions & { readonly cacheFolder?: string },
  firstFeeds: () => Record<string, Tensor>,
): Promise<OpenedModel> {
  const device = executionDevice(options.device);
  if (device.provider === 'cpu') {
    if (cacheFolder !== undefined) return { ...(await openThroughCache(model, options, cacheFolder)), nodesOnCpu: [] };
    return { session: await openSession(model, options), nodesOnCpu: [], fromCache: false };
  }
  const folder = await mkdtemp(join(tmpdir(), 'retune-profile-'));
  let session: InferenceSession | undefined;
  try {
    session = await openSession(model, { ...options, profilePrefix: join(folder, 'first-run') });
    const results = await session.run(firstFeeds());
    for (const result of Object.values(results)) result.dispose();
    session.endProfiling();
    const [file] = await readdir(folder);
    return {
      session,
      fromCache: false,
      nodesOnCpu: onProcessor(nodePlacements(await readFile(join(folder, file), 'utf8'))),
    };
  } catch (error) {
    await session?.release();
    throw isOutOfMemory(error) ? new DeviceMemoryError(device, {}, { cause: error }) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
