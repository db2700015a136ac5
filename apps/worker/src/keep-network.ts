import { isHeadTensor } from '#model-zoo';
import { initialTensors } from '#model-zoo/networks';
import type { NamedTensor } from '#primitives';
import { hashTensors } from './checkpoint.js';
import { replaceTensors } from './replace-tensors.js';
import {
  type ChosenStart,
  chooseStart,
  firstTensors,
  type StartedNetwork,
  type StartOptions,
} from './start-network.js';
import type { WarmCache } from './warm-cache.js';

/**
 * What `startNetwork` gives, to the bit, but weights that an earlier trial of the process read and checked are not read
 * again; the new head is made from the seed.
 *
 * @throws as `startNetwork`.
 */
export async function keepNetwork(
  options: StartOptions,
  warm: WarmCache,
  weightsFolder?: string,
  importedFolder?: string,
): Promise<StartedNetwork> {
  const chosen = chooseStart(options, weightsFolder, importedFolder);
  const { network, tensors } = await warm.get(stateKey('network', chosen, options.seed), async () => {
    const made = firstTensors(chosen, options.seed);
    return { value: { network: chosen.network, tensors: made }, bytes: bytesOf(made) };
  });
  const started = { ...chosen, network, tensors };
  return chosen.weights === null ? started : { ...started, tensors: withFreshHead(started, options.seed) };
}

/** Hash of a state that is the network's first one but for its heads; hashed in whole once for all that share both. */
export function initialStateHash(
  started: StartedNetwork,
  seed: number,
  tensors: readonly NamedTensor[],
  warm: WarmCache,
): Promise<string> {
  const heads = tensors.filter(({ name }) => isHeadTensor(started.card, name));
  const key = [...stateKey('initial state', started, seed), hashTensors(heads)];
  return warm.get(key, async () => ({ value: hashTensors(tensors), bytes: 64 }));
}

/** The seed makes the heads only, where there are weights. */
function stateKey(kind: string, { network, weights }: ChosenStart, seed: number): unknown[] {
  const { architecture, classes, imageSize } = network;
  return [kind, architecture, classes, imageSize, weights?.sha256 ?? { seed }];
}

function withFreshHead({ card, network, tensors }: StartedNetwork, seed: number): NamedTensor[] {
  const names = network.tensors.map(({ name }) => name).filter((name) => isHeadTensor(card, name));
  return replaceTensors(tensors, initialTensors(network, seed, new Set(names)));
}

function bytesOf(tensors: readonly NamedTensor[]): number {
  return tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
}
