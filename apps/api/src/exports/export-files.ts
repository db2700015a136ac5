import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ArtifactMissingError, type ArtifactStore, exportFolderName } from '#artifacts';
import type { ExportRecord } from '#search';
import { type Download, fileOf, zipOf } from './download.js';

/** A file of an export, opened. */
export interface OpenDownload extends Download {
  readonly stream: Readable;
}

/** Opens what a READY export left behind: the zip in the artifact store, each file in the folder of the accepted attempt. */
export class ExportFiles {
  /** @param folder Holds one folder per export and attempt. */
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly folder: string,
  ) {}

  /**
   * @throws {NotFoundError} until the export is READY.
   * @throws {ArtifactMissingError} if the zip is no longer there.
   */
  async zip(record: ExportRecord): Promise<OpenDownload> {
    const download = zipOf(record);
    return { ...download, stream: await this.artifacts.stream(download.sha256) };
  }

  /**
   * @param name One of `record.files`; the record is the only source of names, and a link is not followed.
   * @throws {NotFoundError} if the export has no such file.
   * @throws {ArtifactMissingError} if the file is no longer there or has another size than the one that was verified.
   */
  async file(record: ExportRecord, name: string): Promise<OpenDownload> {
    const download = fileOf(record, name);
    const path = join(this.folder, exportFolderName(record.id, record.attempt), download.fileName);
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
    if (handle === null) throw new ArtifactMissingError(download.sha256);
    if (!(await isWhole(handle, download.bytes))) {
      await handle.close();
      throw new ArtifactMissingError(download.sha256);
    }
    return { ...download, stream: handle.createReadStream() };
  }
}

async function isWhole(handle: FileHandle, bytes: number): Promise<boolean> {
  const found = await handle.stat();
  return found.isFile() && found.size === bytes;
}
