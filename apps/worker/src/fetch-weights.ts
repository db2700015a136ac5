import { rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { architectureNames, findCard, maximumFileBytes, type PublishedWeights, publishedWeights } from '#model-zoo';
import { DomainError, InvalidInputError, systemClock } from '#primitives';
import { DownloadError } from './download-error.js';
import { downloadFile, hashFile } from './download-file.js';
import { DownloadReport } from './download-report.js';
import { readDownloadUrl } from './download-url.js';
import { logKept } from './import-weights.js';
import { type KeptWeights, keepWeights } from './keep-weights.js';
import type { Log } from './log.js';
import { type ProcessLock, tryLock } from './process-lock.js';
import type { FetchOrder } from './weights-command.js';
import { identityOfForeign, identityOfPublished, type WeightsIdentity } from './weights-identity.js';
import { WeightsStore } from './weights-store.js';

/** Another process is at the same file. */
class DownloadBusyError extends DomainError {
  readonly code = 'DOWNLOAD_BUSY';
}

/** What to get, and from where. */
interface Wanted {
  readonly identity: WeightsIdentity;
  /** An https address, or the path of a local file. */
  readonly source: string;
  readonly maximumBytes: number;
}

/**
 * Downloads weights into the data folder, or takes them from a local folder, and makes them ready to start from.
 *
 * @throws {InvalidInputError} if it is not clear what to get. @throws {DownloadError} {DownloadInterruptedError}
 * @throws as `keepWeights` does.
 */
export async function fetchWeights(
  order: FetchOrder & { readonly data: string },
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const { identity, source, maximumBytes } = wantedBy(order);
  const store = new WeightsStore(order.data);
  const kept = await findKept(store, identity);
  if (kept) return logKept(kept, log);
  if (!URL.canParse(source)) {
    if (!(await stat(source).catch(() => null))) throw new DownloadError(source, 'there is no such file');
    return logKept(await keepWeights(store, source, basename(source), identity, signal), log);
  }
  const file = join(store.folder, 'download', fileNameOf(source, identity));
  const lock = await lockDownload(order.data, file);
  const report = new DownloadReport(log, identity.name, systemClock);
  try {
    log.info('weights.fetching', `${identity.name} from ${source}`, { name: identity.name, url: source });
    const { sha256Prefix } = identity;
    const { onProgress, onRetry } = report;
    await downloadFile({ url: source, file, maximumBytes, sha256Prefix, signal, onProgress, onRetry });
    log.info('weights.converting', `${identity.name}: reading and checking`, { name: identity.name });
    logKept(await keepWeights(store, file, source, identity, signal), log);
    if (!order.keep) await rm(file, { force: true });
  } finally {
    report.end();
    await lock.release();
  }
}

function wantedBy(order: FetchOrder): Wanted {
  if (/^[a-z]+:\/\//i.test(order.what)) return wantedAt(order);
  for (const field of ['architecture', 'as', 'labels', 'sha256'] as const) {
    if (order[field] === null) continue;
    const name = field === 'as' ? '--name' : `--${field}`;
    throw new InvalidInputError([{ field: name, value: order[field], allowed: 'absent, but for an address' }]);
  }
  const published = findPublished(order);
  const { file, url, approximateBytes } = published.weights;
  const maximumBytes = Math.ceil(approximateBytes * 1.01);
  return { identity: identityOfPublished(published), source: sourceOf(order.from, file, url), maximumBytes };
}

function wantedAt(order: FetchOrder): Wanted {
  const { href } = readDownloadUrl(order.what, 'address');
  if (order.version !== null) {
    throw new InvalidInputError([{ field: '--version', value: order.version, allowed: 'absent for an address' }]);
  }
  const sha256 = order.sha256?.toLowerCase();
  if (sha256 === undefined || !/^[0-9a-f]{8,64}$/.test(sha256)) {
    const allowed = 'the SHA-256 of the file, 64 hexadecimal digits or at least its first 8';
    throw new InvalidInputError([{ field: '--sha256', value: sha256, allowed }]);
  }
  return { identity: identityOfForeign(href, sha256, order), source: href, maximumBytes: maximumFileBytes };
}

function findPublished({ what, version }: FetchOrder): PublishedWeights {
  const byName = publishedWeights.find(({ name }) => name === what);
  if (byName && version === null) return byName;
  if (!architectureNames.includes(what)) {
    if (byName) throw new InvalidInputError([{ field: '--version', value: version, allowed: `absent for ${what}` }]);
    const allowed = `an architecture (${architectureNames.join(', ')}), the name of published weights or an https:// address`;
    throw new InvalidInputError([{ field: 'weights', value: what, allowed }]);
  }
  const all = publishedWeights.filter(({ card }) => card === findCard(what));
  const wanted = version?.toUpperCase().replace(/^(IMAGENET1K_)?/, 'IMAGENET1K_');
  const found = version === null ? all[0] : all.find(({ weights }) => weights.name === wanted);
  if (found) return found;
  const known = all.map(({ weights }) => weights.name.replace('IMAGENET1K_', '')).join(', ');
  throw new InvalidInputError([{ field: '--version', value: version, allowed: `one of ${known} for ${what}` }]);
}

function sourceOf(from: string | null, file: string, url: string): string {
  if (from === null) return url;
  if (!/^[a-z]+:\/\//i.test(from)) return join(resolve(from), file);
  return readDownloadUrl(`${from.replace(/\/+$/, '')}/${file}`, '--from').href;
}

/** An address may end in anything; the file beside it must not leave the folder. */
function fileNameOf(source: string, identity: WeightsIdentity): string {
  const name = basename(new URL(source).pathname);
  return /^\w[\w.-]{0,150}$/.test(name) ? name : `${identity.name}.download`;
}

/** The same weights, kept before and unharmed. */
async function findKept(store: WeightsStore, { name, sha256Prefix }: WeightsIdentity): Promise<KeptWeights | null> {
  const entry = store.entries().find((one) => one.name === name);
  if (!entry?.origin?.sha256.startsWith(sha256Prefix)) return null;
  const sha256 = await hashFile(join(store.folder, entry.file)).catch(() => '');
  return sha256 === entry.sha256 ? { entry, known: true } : null;
}

async function lockDownload(data: string, file: string): Promise<ProcessLock> {
  const lock = await tryLock(join(data, 'locks', `download-${basename(file)}.lock`), 'download');
  if ('release' in lock) return lock;
  throw new DownloadBusyError(`Cannot download ${basename(file)}: process ${lock.pid} is downloading it already`);
}
