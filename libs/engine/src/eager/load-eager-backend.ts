import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { EagerDevice } from '../runtime/execution-device.js';
import { EagerBackendError } from './eager-backend-error.js';
import { padTensorflowKernels } from './pad-tensorflow-kernels.js';

/** Names under which tfjs knows the backends that run op by op. */
export type EagerBackend = 'cpu' | 'tensorflow';

/** Both packages register the same backend, and what a process has loaded it keeps. */
let loaded: { readonly provider: string; readonly entry: string } | undefined;

/**
 * Makes the backend of a device known to tfjs; loads each once. It does not become the active one.
 *
 * @throws {EagerBackendError} if the package is absent, does not load, or was made for another tfjs-core.
 */
export async function loadEagerBackend({ provider, packageFolder }: EagerDevice): Promise<EagerBackend> {
  if (provider === 'tfjs-cpu') {
    await keepingBackend(() => import('@tensorflow/tfjs-backend-cpu'));
    return 'cpu';
  }
  const name = `@tensorflow/${provider}`;
  const entry = entryOf(name, packageFolder);
  if (loaded?.entry === entry) return 'tensorflow';
  if (loaded !== undefined) {
    throw new EagerBackendError(`${name} cannot be loaded beside ${loaded.provider}: a process has one TensorFlow`);
  }
  const { version } = await keepingBackend(() => load(name, entry));
  const [theirs, ours] = [version?.['tfjs-core'], tf.version_core];
  if (theirs !== ours || !tf.engine().backendNames().includes('tensorflow')) {
    throw new EagerBackendError(`${name} uses tfjs-core ${theirs}, must use ${ours}: install ${name}@${ours}`);
  }
  padTensorflowKernels();
  loaded = { provider, entry };
  return 'tensorflow';
}

function entryOf(name: string, packageFolder: string | undefined): string {
  try {
    return packageFolder === undefined
      ? createRequire(import.meta.url).resolve(name)
      : createRequire(join(packageFolder, 'package.json')).resolve(packageFolder);
  } catch {
    const place = packageFolder === undefined ? 'not installed' : `not at ${packageFolder}`;
    throw new EagerBackendError(`${name} is ${place}: ${advice(name)}`);
  }
}

async function load(name: string, entry: string): Promise<{ version?: Readonly<Record<string, string>> }> {
  const warned = tf.env().getBool('PROD');
  // It brings copies of the tfjs packages; each would report every kernel that is known already.
  tf.env().set('PROD', true);
  try {
    const module = await import(pathToFileURL(entry).href);
    return module.default ?? module;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EagerBackendError(`${name} does not load (${reason}): ${advice(name)}`);
  } finally {
    tf.env().set('PROD', warned);
  }
}

function advice(name: string): string {
  return `npm install ${name} where its download is reachable, or retune engine link-tensorflow`;
}

/** The packages make themselves the active backend; who loads them for one plan must not change that of another. */
async function keepingBackend<T>(load: () => Promise<T>): Promise<T> {
  const before = tf.getBackend() as string | undefined;
  const result = await load();
  if (before !== undefined) void tf.setBackend(before);
  return result;
}
