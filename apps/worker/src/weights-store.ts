import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatWeightsIndex, importedWeightsFolder, readWeightsIndex, type WeightsEntry } from '#model-zoo';
import { DomainError } from '#primitives';
import { waitForLock } from './process-lock.js';

/** The name belongs to other weights: studies that name them must go on meaning the same. */
export class WeightsNameTakenError extends DomainError {
  readonly code = 'WEIGHTS_NAME_TAKEN';
  constructor(name: string, origin: string) {
    super(
      `Cannot import weights as ${name}: the name belongs to other weights, made of ${origin}. Choose another --name`,
    );
  }
}

/** What is said of weights besides what follows from their bytes. */
export type WeightsFacts = Omit<WeightsEntry, 'file' | 'sha256' | 'bytes'> & Required<Pick<WeightsEntry, 'origin'>>;

/**
 * Imported weights of a data folder: `<data>/weights/<name>.safetensors` and their `index.json`. Safe for several
 * processes: one writes at a time, and a file or index appears whole or not at all, whenever a process dies.
 */
export class WeightsStore {
  readonly folder: string;
  readonly #lockFile: string;

  constructor(dataFolder: string) {
    this.folder = importedWeightsFolder(dataFolder);
    this.#lockFile = join(dataFolder, 'locks', 'weights.lock');
  }

  /** @throws {WeightsFileError} if the index is malformed. */
  entries(): WeightsEntry[] {
    return readWeightsIndex(this.folder);
  }

  /**
   * Keeps weights durably. The same again is no error and mends a damaged or lost file.
   *
   * @param bytes A safetensors file.
   * @returns The entry as it stands in the index, and whether it was there before, unharmed.
   * @throws {WeightsNameTakenError} if the name belongs to weights of another file.
   * @throws the file system's error (`ENOSPC`, `EACCES`); nothing half-written stays behind.
   */
  async put(
    facts: WeightsFacts,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<{ readonly entry: WeightsEntry; readonly known: boolean }> {
    await mkdir(this.folder, { recursive: true });
    const lock = await waitForLock(this.#lockFile, `import of ${facts.name}`, signal);
    try {
      const sha256 = digest(bytes);
      const entry: WeightsEntry = { ...facts, file: `${facts.name}.safetensors`, sha256, bytes: bytes.length };
      const entries = this.entries();
      const present = entries.find(({ name }) => name === facts.name);
      if (present && present.sha256 !== sha256 && present.origin?.sha256 !== facts.origin.sha256) {
        throw new WeightsNameTakenError(facts.name, present.origin?.from ?? 'an unknown file');
      }
      await this.#removeUnfinished();
      const known = present?.sha256 === sha256 && (await this.#digestOf(entry.file)) === sha256;
      if (!known) await this.#write(entry.file, bytes);
      const others = entries.filter(({ name }) => name !== facts.name);
      await this.#write('index.json', Buffer.from(formatWeightsIndex([...others, entry])));
      return { entry, known };
    } finally {
      await lock.release();
    }
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    const unfinished = join(this.folder, `.${file}.${randomUUID()}.tmp`);
    try {
      const handle = await open(unfinished, 'wx', 0o644);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, join(this.folder, file));
      await syncFolder(this.folder);
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** What a killed import left behind; whoever holds the lock is the only one who writes. */
  async #removeUnfinished(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (/^\..*\.tmp$/.test(name)) await rm(join(this.folder, name), { force: true });
    }
  }

  async #digestOf(file: string): Promise<string | null> {
    return readFile(join(this.folder, file)).then(digest, () => null);
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A rename is on the disk only when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
