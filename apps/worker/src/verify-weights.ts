import {
  findWeights,
  importedWeightsFolder,
  indexedWeights,
  publishedWeights,
  type WeightsAtHand,
  WeightsFileError,
} from '#model-zoo';
import { buildNetwork, loadWeights } from '#model-zoo/networks';
import { DomainError } from '#primitives';
import { megabytes } from './download-error.js';
import type { Log } from './log.js';

/** What was found of one file. */
export interface WeightsCheck {
  readonly name: string;
  readonly architecture: string;
  readonly bundled: boolean;
  readonly bytes: number;
  readonly path: string;
  readonly state: 'ok' | 'damaged';
  /** Null where all is well. */
  readonly problem: string | null;
  /** What to do about it; null where all is well. */
  readonly advice: string | null;
}

/** Some files cannot be used. */
class DamagedWeightsError extends DomainError {
  readonly code = 'DAMAGED_WEIGHTS';
}

/**
 * Reads every file of weights again: hash, header, names, shapes, and that all values are finite.
 *
 * @param names Only these. @default all, bundled and imported
 * @throws {UnknownWeightsError} for a name that no index has.
 * @throws {WeightsFileError} if an index is malformed.
 * @throws {DamagedWeightsError} at the end, naming the files that cannot be used.
 */
export async function verifyWeights(dataFolder: string, names: readonly string[], log: Log): Promise<void> {
  const all = indexedWeights({ imported: importedWeightsFolder(dataFolder) });
  const chosen = names.length === 0 ? all : names.map((name) => findWeights(name, all));
  const damaged: string[] = [];
  for (const entry of chosen) {
    const check = checkWeights(entry);
    if (check.state === 'ok') {
      log.info('weights.verified', `${check.name}: ok (${megabytes(check.bytes)})`, { ...check });
    } else {
      damaged.push(check.name);
      log.error('weights.verified', `${check.name}: ${check.problem}. ${check.advice}`, { ...check });
    }
    // The stop signal is heard between two files.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (damaged.length > 0) {
    throw new DamagedWeightsError(`Cannot use ${damaged.length} of ${chosen.length} weights: ${damaged.join(', ')}`);
  }
}

function checkWeights(entry: WeightsAtHand): WeightsCheck {
  const { name, architecture, bundled, bytes, path } = entry;
  const facts = { name, architecture, bundled, bytes, path };
  try {
    const network = buildNetwork(architecture, { classes: entry.classes });
    loadWeights(network, path, { sha256: entry.sha256, origin: entry.file });
    return { ...facts, state: 'ok', problem: null, advice: null };
  } catch (error) {
    if (!(error instanceof WeightsFileError)) throw error;
    return { ...facts, state: 'damaged', problem: error.reason, advice: adviceFor(entry) };
  }
}

function adviceFor({ name, architecture, bundled, origin, path }: WeightsAtHand): string {
  if (bundled) return `Bring the file back as it was released: ${path}`;
  if (publishedWeights.some((published) => published.name === name)) return `Get it again: retune zoo fetch ${name}`;
  return `Import it again: retune zoo import ${origin?.from ?? 'FILE'} --architecture ${architecture} --name ${name}`;
}
