import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { drawSplit, rejectDuplicates, type UnassignedImage } from './assign-splits.js';
import type { BlobSink } from './blob-port.js';
import { ClassTooSmallError, TooFewClassesError } from './dataset-error.js';
import { compareText, countImages, type DatasetManifest, type RejectedFile } from './dataset-manifest.js';
import { PictureChecker } from './picture-checker.js';
import { describeForeignFormat, sniffPictureFormat } from './picture-format.js';
import { defaultPictureLimits, type PictureLimits } from './picture-limits.js';
import { readCandidate } from './read-candidate.js';
import { type Candidate, type FolderScan, scanFolder } from './scan-folder.js';

/** What `importFolder` is asked to do. */
export interface ImportFolderOptions {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** Name people see. @default the name of the folder */
  readonly name?: string;
  /** Part of each class drawn for validation where there are no split folders, in (0, 1). @default {0.2} */
  readonly validationFraction?: number;
  /** Seed of the drawn split, in [0, 2³²). @default {0} */
  readonly seed?: number;
  /** Receives the bytes of every image that decodes. */
  readonly blobs: BlobSink;
  /** Folders one of which must hold the folder. @default every folder */
  readonly allowedRoots?: readonly string[];
  /** @default defaultPictureLimits */
  readonly limits?: Partial<PictureLimits>;
  /** Child processes that decode, integer >= 1. @default {1} */
  readonly processes?: number;
  /** Called after every image with the images looked at so far and how many there are; first with 0. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the import and its child processes; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Imports a folder of class folders: every file is hashed, recognised by its first bytes, decoded once in a child
 * process with limits, and handed to the blob sink. What cannot be used is refused by name and the import goes on.
 * Loads no picture decoder into this process.
 *
 * The bytes of an image that is refused afterwards as a duplicate may already be in the sink; nothing refers to them.
 *
 * @throws {DatasetFolderError} {@link NoClassFoldersError} {@link TooFewClassesError} {@link ClassTooSmallError} if no
 * data set can be made of the folder, {@link PictureCheckerError} if no child process can be started, and whatever the
 * sink throws.
 * @throws {RangeError} if an option is out of range.
 */
export async function importFolder(options: ImportFolderOptions): Promise<DatasetManifest> {
  const { folder, validationFraction = 0.2, seed = 0, signal } = options;
  checkOptions(options, validationFraction, seed);
  const limits = { ...defaultPictureLimits, ...options.limits };
  signal?.throwIfAborted();
  const scan = await scanFolder(folder, options.allowedRoots);
  if (scan.classes.length < 2) throw new TooFewClassesError(folder, scan.classes);
  const checked = await checkAll(scan, limits, options);
  const { kept, rejected } = rejectDuplicates(checked.images, scan.classes);
  const isSeeded = scan.layout === 'seeded';
  const manifest: DatasetManifest = {
    formatVersion: 1,
    name: options.name ?? basename(scan.root),
    classes: scan.classes,
    images: drawSplit(kept, scan.classes, validationFraction, seed),
    rejected: [...scan.rejected, ...checked.rejected, ...rejected].sort((a, b) => compareText(a.path, b.path)),
    split: scan.layout,
    seed: isSeeded ? seed : null,
    validationFraction: isSeeded ? validationFraction : null,
  };
  requireEveryClass(manifest, folder);
  return manifest;
}

interface Checked {
  readonly images: UnassignedImage[];
  readonly rejected: RejectedFile[];
}

/** Reads and decodes the candidates, several at a time; the results are in order of path. */
async function checkAll(scan: FolderScan, limits: PictureLimits, options: ImportFolderOptions): Promise<Checked> {
  const { candidates } = scan;
  const results = new Array<UnassignedImage | RejectedFile>(candidates.length);
  const checkers = Array.from({ length: options.processes ?? 1 }, () => new PictureChecker(limits));
  const closeAll = () => Promise.all(checkers.map((checker) => checker.close()));
  const onAbort = () => void closeAll();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  let next = 0;
  let done = 0;
  let failed = false;
  const lane = async (checker: PictureChecker): Promise<void> => {
    while (next < candidates.length && !failed) {
      const index = next++;
      const image = await checkOne(scan, candidates[index], checker, limits);
      options.signal?.throwIfAborted();
      if ('bytes' in image) await options.blobs.put(image.bytes);
      results[index] = 'bytes' in image ? image.image : image;
      options.onProgress?.(++done, candidates.length);
    }
  };
  try {
    options.onProgress?.(0, candidates.length);
    await Promise.all(checkers.map((checker) => lane(checker)));
  } catch (error) {
    failed = true;
    options.signal?.throwIfAborted(); // a checker that was closed under way is only the consequence
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    await closeAll();
  }
  return {
    images: results.filter((result): result is UnassignedImage => 'sha256' in result),
    rejected: results.filter((result): result is RejectedFile => 'reason' in result),
  };
}

async function checkOne(
  scan: FolderScan,
  { path, className, split }: Candidate,
  checker: PictureChecker,
  limits: PictureLimits,
): Promise<{ readonly bytes: Uint8Array; readonly image: UnassignedImage } | RejectedFile> {
  const read = await readCandidate(scan.root, path, limits.maxFileBytes);
  if ('reason' in read) return { path, reason: read.reason };
  const { bytes } = read;
  const format = sniffPictureFormat(bytes);
  if (format === undefined) {
    return { path, reason: `not a JPEG, PNG or WebP by its first bytes, but ${describeForeignFormat(bytes)}` };
  }
  const verdict = await checker.check(bytes);
  if ('reason' in verdict) return { path, reason: verdict.reason };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const classIndex = scan.classes.indexOf(className);
  const { width, height } = verdict;
  return { bytes, image: { path, sha256, bytes: bytes.length, width, height, format, classIndex, split } };
}

function requireEveryClass(manifest: DatasetManifest, folder: string): void {
  const expected =
    manifest.split === 'folders'
      ? 'at least 1 in the train folder and 1 in the validation folder'
      : 'at least 2, one to train on and one to validate with';
  for (const { name, train, validation } of countImages(manifest)) {
    if (train > 0 && validation > 0) continue;
    const refused = manifest.rejected.filter(({ path }) => path.split('/').slice(0, -1).includes(name));
    throw new ClassTooSmallError(folder, name, expected, refused.slice(0, 5));
  }
}

function checkOptions({ processes = 1 }: ImportFolderOptions, validationFraction: number, seed: number): void {
  if (!(validationFraction > 0 && validationFraction < 1)) {
    throw new RangeError(`Cannot import: validationFraction is ${validationFraction}, must be in (0, 1)`);
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(`Cannot import: seed is ${seed}, must be an integer in [0, 4294967296)`);
  }
  if (!Number.isInteger(processes) || processes < 1) {
    throw new RangeError(`Cannot import: processes is ${processes}, must be an integer >= 1`);
  }
}
