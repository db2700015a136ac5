import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside } from './scan-folder.js';

/** The bytes of a file, or why it is refused. */
export type ReadResult = { readonly bytes: Uint8Array } | { readonly reason: string };

/**
 * Reads a file of a data set folder, and only if it is a regular file that really lies in that folder. A symbolic link
 * within the folder is read, one that leaves it is refused; the check is repeated on the opened file, so a link swapped
 * in between is refused too.
 *
 * @param root Real path of the folder.
 * @param path Path below the root.
 */
export async function readCandidate(root: string, path: string, maxFileBytes: number): Promise<ReadResult> {
  let file: FileHandle | undefined;
  try {
    const target = await realpath(join(root, path));
    if (!isInside(target, root)) return { reason: 'a symbolic link that leaves the folder' };
    // Without O_NONBLOCK, opening a named pipe would wait for ever.
    file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const opened = await file.stat();
    if (!opened.isFile()) return { reason: 'not a regular file' };
    const now = await stat(target);
    if ((await realpath(target)) !== target || now.ino !== opened.ino || now.dev !== opened.dev) {
      return { reason: 'it was replaced while it was read' };
    }
    if (opened.size === 0) return { reason: 'the file is empty' };
    if (opened.size > maxFileBytes) return { reason: `the file has ${opened.size} bytes, more than ${maxFileBytes}` };
    return await readWhole(file, opened.size);
  } catch (error) {
    return { reason: readProblem(error) };
  } finally {
    await file?.close();
  }
}

async function readWhole(file: FileHandle, size: number): Promise<ReadResult> {
  const bytes = new Uint8Array(size);
  let done = 0;
  while (done < size) {
    const { bytesRead } = await file.read(bytes, done, size - done, done);
    if (bytesRead === 0) return { reason: 'it became shorter while it was read' };
    done += bytesRead;
  }
  return { bytes };
}

function readProblem(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'it does not exist (a broken link, or removed while it was read)';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  if (code === 'ELOOP') return 'a symbolic link that leads nowhere';
  return `it cannot be read (${code ?? String(error)})`;
}
