import type { WeightsEntry } from '#model-zoo';
import { convertWeights } from '#model-zoo/networks';
import { libraryVersions } from './export-config.js';
import { readLabels } from './read-labels.js';
import type { WeightsIdentity } from './weights-identity.js';
import type { WeightsStore } from './weights-store.js';

/** Weights as they are kept now. */
export interface KeptWeights {
  readonly entry: WeightsEntry;
  /** They were kept before, unharmed. */
  readonly known: boolean;
}

/**
 * Reads a file of weights as data, checks it against the network, and keeps it as safetensors.
 *
 * @param path Of the file. @param from What is remembered of where it came from.
 * @throws {WeightsFileError} if the file is damaged, hostile or for another network.
 * @throws {InvalidInputError} if there is not one label per class.
 */
export async function keepWeights(
  store: WeightsStore,
  path: string,
  from: string,
  identity: WeightsIdentity,
  signal: AbortSignal,
): Promise<KeptWeights> {
  const { sha256Prefix, labelsFrom, ...facts } = identity;
  const converted = convertWeights({
    architecture: facts.architecture,
    source: path,
    sha256: sha256Prefix,
    origin: from,
    metadata: { name: facts.name, licence: facts.licence },
  });
  const { classes, source } = converted;
  const labels = readLabels(labelsFrom, classes);
  const origin = { from, sha256: source.sha256 };
  const recipe = `converted from ${source.format} by retune ${libraryVersions().retune}`;
  return store.put({ ...facts, classes, labels, recipe, origin }, converted.bytes, signal);
}
