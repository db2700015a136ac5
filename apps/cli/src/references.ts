import type { ArchitectureCard, Dataset, Study } from '#api-contract';
import type { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Finds a study by id or by name; of several with one name the newest.
 *
 * @throws {CliError} (bad input) where there is none.
 */
export async function findStudy(client: ApiClient, reference: string): Promise<Study> {
  if (uuid.test(reference)) return client.study(reference);
  const studies = await client.studies();
  return newest(studies, reference, 'study', 'retune study list');
}

/**
 * Finds a dataset by id or by name; of several with one name the newest that is READY, else the newest.
 *
 * @throws {CliError} (bad input) where there is none.
 */
export async function findDataset(client: ApiClient, reference: string): Promise<Dataset> {
  if (uuid.test(reference)) return client.dataset(reference);
  const datasets = await client.datasets();
  const ready = datasets.filter(({ name, state }) => name === reference && state === 'READY');
  const { id } = newest(ready.length > 0 ? ready : datasets, reference, 'dataset', 'retune dataset list');
  // A listing does not name every refused file.
  return client.dataset(id);
}

/**
 * Finds an architecture by its name or that of weights: at hand, or published by torchvision (`<architecture>-imagenet1k-v1`).
 *
 * @throws {CliError} (bad input) where there is none.
 */
export async function findArchitecture(client: ApiClient, reference: string): Promise<ArchitectureCard> {
  const items = await client.architectures();
  const found =
    items.find(({ name }) => name === reference) ??
    items.find(({ weights }) => weights.some(({ name }) => name === reference)) ??
    items.find(({ name }) => new RegExp(`^${name}-imagenet1k-v\\d$`).test(reference));
  const card = found && (await client.architecture(found.name));
  const names = card
    ? [card.name, ...card.weights, ...card.published].map((it) => (typeof it === 'string' ? it : it.name))
    : [];
  if (card && names.includes(reference)) return card;
  throw new CliError(`There is no architecture and are no weights "${reference}"`, exitCode.badInput, [
    `Architectures: ${items.map(({ name }) => name).join(', ')}`,
  ]);
}

function newest<Item extends { name: string; createdAt: string }>(
  items: readonly Item[],
  name: string,
  kind: string,
  lister: string,
): Item {
  const [found] = items.filter((item) => item.name === name).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  if (found) return found;
  const names = [...new Set(items.map((item) => item.name))].slice(0, 10).join(', ');
  throw new CliError(`There is no ${kind} "${name}"`, exitCode.badInput, [
    names === '' ? `There is none yet; see "${lister}".` : `There are: ${names}`,
  ]);
}
