import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { ExportClaim } from '#api-contract';
import type { ImageSpec } from '#primitives';
import { versionOf } from './version-of.js';

/** Versions of everything that decides the bytes of a training. */
export function libraryVersions(): Record<string, string> {
  const packages = ['onnxruntime-node', '@tensorflow/tfjs-core', 'sharp'];
  return {
    retune: retuneVersion(),
    node: process.version.slice(1),
    ...Object.fromEntries(packages.map((name) => [name, versionOf(name) ?? 'absent'])),
  };
}

/** What runs the graphs on each class of device. */
const providers: Readonly<Record<string, string>> = {
  cpu: 'onnxruntime CPUExecutionProvider',
  webgpu: 'onnxruntime WebGpuExecutionProvider',
  cuda: 'onnxruntime CUDAExecutionProvider',
  'tfjs-node': 'tensorflow',
  'tfjs-node-gpu': 'tensorflow',
};

/** Text of `config.yaml`: everything that is needed to train the same model again, or another dataset version alike. */
export function exportConfigText(
  claim: ExportClaim,
  start: {
    readonly weights: { readonly name: string; readonly sha256: string } | null;
    readonly image: ImageSpec;
    /** Threads the trial trained with; null where its checkpoint does not say. */
    readonly threads: number | null;
  },
): string {
  const { parameters, training, dataset } = claim;
  const config = {
    formatVersion: 1,
    study: { id: claim.studyId, name: claim.studyName, trial: claim.trialNumber },
    dataset: { name: dataset.name, version: dataset.version, classes: dataset.classes },
    parameters,
    training: { ...training, optimizer: 'sgd', trialSeed: claim.seed },
    weights: start.weights && { name: start.weights.name, sha256: start.weights.sha256 },
    initialStateSha256: claim.initialStateSha256,
    checkpointSha256: claim.checkpoint.sha256,
    preprocessing: { ...start.image, interpolation: 'bilinear with antialias' },
    device: { ...claim.device, provider: providers[claim.device.class] ?? null, threads: start.threads },
    latencyDevice: claim.latencyDevice,
    versions: libraryVersions(),
  };
  return `# Everything needed to train this model again.\n${stringify(config)}`;
}

/** Folder of the project: holds package.json and the assets of this app. */
export function projectRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (nameIn(folder) === 'retune') return folder;
    if (folder === dirname(folder)) throw new Error('Cannot find the package.json of retune above this file');
  }
}

function retuneVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

function nameIn(folder: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }).name;
  } catch {
    return undefined;
  }
}
