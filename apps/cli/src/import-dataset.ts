import { createDatasetRequest, type Dataset } from '#api-contract';
import type { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { delay } from './interruption.js';
import type { Output } from './output.js';

const pollMs = 300;
/** Refused files that are named in an error. */
const namedFiles = 10;

/** What to import; what is absent is the service's default. */
export interface ImportOrder {
  readonly name: string;
  /** Absolute path on the machine of the service. */
  readonly path: string;
  readonly validationFraction?: number | undefined;
  readonly seed?: number | undefined;
}

/**
 * Imports a folder and waits until it is READY.
 *
 * @throws {CliError} with the reason and the refused files when it cannot be imported.
 */
export async function importDataset(
  client: ApiClient,
  order: ImportOrder,
  output: Output,
  signal: AbortSignal,
): Promise<Dataset> {
  const request = createDatasetRequest.safeParse(order);
  if (!request.success) {
    const details = request.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new CliError('This dataset cannot be imported', exitCode.badInput, details);
  }
  let dataset = await client.createDataset(request.data);
  const progress = output.progress('  Pictures looked at');
  try {
    while (dataset.state === 'IMPORTING') {
      await delay(pollMs, signal);
      dataset = await client.dataset(dataset.id);
      progress.update(dataset.progress.done, dataset.progress.total);
    }
  } finally {
    progress.stop();
  }
  if (dataset.state === 'READY') return dataset;
  const refused = dataset.rejected.slice(0, namedFiles).map(({ path, reason }) => `${path}: ${reason}`);
  const more = dataset.rejected.length - refused.length;
  if (more > 0) refused.push(`and ${more} more`);
  throw new CliError(`Cannot import ${order.path}: ${dataset.failure ?? 'no reason given'}`, exitCode.failed, refused);
}
