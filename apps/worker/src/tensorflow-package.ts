/**
 * @file Which TensorFlow for Node.js is at hand: a package that is installed beside Retune, or the one that
 * `retune engine link-tensorflow` made in the data folder.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const require = createRequire(import.meta.url);

/** Both carry the same backend; the second comes with NVIDIA's. */
export const tensorflowPackages = {
  'tfjs-node': '@tensorflow/tfjs-node',
  'tfjs-node-gpu': '@tensorflow/tfjs-node-gpu',
} as const;
export type TensorflowProvider = keyof typeof tensorflowPackages;

/** What `link-tensorflow` writes beside what it made. */
const linkRecord = z.object({
  provider: z.enum(['tfjs-node', 'tfjs-node-gpu']),
  /** Version of the package. */
  version: z.string(),
  /** Below the record's folder. */
  packageFolder: z.string(),
  /** Holds `libtensorflow_cc.so.2`; absolute. */
  tensorflowFolder: z.string(),
  /** As the library itself says. */
  tensorflowVersion: z.string(),
});
export type LinkRecord = z.infer<typeof linkRecord>;

/** A package that is there, whether it loads or not. */
export interface TensorflowPackage {
  readonly provider: TensorflowProvider;
  /** Name of the package. */
  readonly name: string;
  /** Version of the package. */
  readonly version: string;
  readonly source: 'installed' | 'linked';
  readonly packageFolder: string;
  /** Folder of the libraries that were linked; null for a package that has brought its own. */
  readonly tensorflowFolder: string | null;
}

/** Where `link-tensorflow` puts what it makes. */
export function linkedTensorflowFolder(data: string): string {
  return join(data, 'engine', 'tensorflow');
}

/** Name of the record in that folder. */
export const linkRecordFile = 'linked.json';

/** @returns null where nothing was linked. */
export function readLinkRecord(folder: string): LinkRecord | null {
  try {
    return linkRecord.parse(JSON.parse(readFileSync(join(folder, linkRecordFile), 'utf8')));
  } catch {
    return null; // absent, or of another version of this program: linking again makes it anew
  }
}

/**
 * The packages that are there, tfjs-node first, untried; of a provider the linked one, where there are two.
 *
 * @param data The data folder.
 */
export function listTensorflow(data: string): TensorflowPackage[] {
  const linked = linkedPackage(linkedTensorflowFolder(data));
  return (Object.keys(tensorflowPackages) as TensorflowProvider[]).flatMap((provider) => {
    if (linked?.provider === provider) return [linked];
    return installedPackage(provider) ?? [];
  });
}

/** The package of a provider; the linked one before an installed one. */
export function findPackage(data: string, provider: TensorflowProvider): TensorflowPackage | undefined {
  return listTensorflow(data).find((one) => one.provider === provider);
}

/** The package that a record in `folder` speaks of; null where there is none. */
export function linkedPackage(folder: string): TensorflowPackage | null {
  const record = readLinkRecord(folder);
  if (record === null) return null;
  const { provider, version, packageFolder, tensorflowFolder } = record;
  const name = tensorflowPackages[provider];
  return {
    provider,
    name,
    version,
    source: 'linked',
    packageFolder: resolve(folder, packageFolder),
    tensorflowFolder,
  };
}

function installedPackage(provider: TensorflowProvider): TensorflowPackage | null {
  const name = tensorflowPackages[provider];
  // By hand: a package may hide its package.json from require().
  for (const folder of require.resolve.paths(name) ?? []) {
    const file = join(folder, name, 'package.json');
    if (!existsSync(file)) continue;
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return { provider, name, version, source: 'installed', packageFolder: dirname(file), tensorflowFolder: null };
  }
  return null;
}
