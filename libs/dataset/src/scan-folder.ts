import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, isAbsolute, join, sep } from 'node:path';
import { DatasetFolderError, NoClassFoldersError } from './dataset-error.js';
import { compareText, type RejectedFile, type Split } from './dataset-manifest.js';
import { pictureEndings } from './picture-format.js';

/** A file that has the place and the name of a picture; nothing of it was read yet. */
export interface Candidate {
  /** Path below the root, `/` between the parts. */
  readonly path: string;
  readonly className: string;
  /** Undefined where the folder has no split folders and the split is to be drawn. */
  readonly split: Split | undefined;
}

/** What a folder of class folders holds, by names alone. */
export interface FolderScan {
  /** The real path of the folder. */
  readonly root: string;
  /** `folders`: train and validation folders were found. `seeded`: validation is to be drawn. */
  readonly layout: 'folders' | 'seeded';
  /** In order of path. */
  readonly candidates: readonly Candidate[];
  /** Class folders found, also those without a candidate, ascending. */
  readonly classes: readonly string[];
  readonly rejected: readonly RejectedFile[];
}

const splitFolders: Readonly<Record<string, Split>> = {
  train: 'train',
  val: 'validation',
  validation: 'validation',
  test: 'test',
};

/**
 * Finds the class folders and the files that may be pictures, without opening any of them.
 *
 * A folder `train` with folders in it makes the root a folder of split folders: `train`, `validation` or `val`, and
 * `test`. Without a validation folder, validation is drawn from `train`. Otherwise every folder is a class. Files and
 * folders that do not belong are refused by name; hidden ones (a leading dot) are not part of the data set and are only
 * named when they end like a picture. Folders behind symbolic links are not entered.
 *
 * @param folder Absolute path of an existing folder.
 * @param allowedRoots Real paths one of which must hold the folder; undefined allows every folder.
 * @throws {DatasetFolderError} if the path is relative, missing, no folder, or outside the allowed roots.
 * @throws {NoClassFoldersError} if there is no class folder.
 */
export async function scanFolder(folder: string, allowedRoots?: readonly string[]): Promise<FolderScan> {
  const root = await resolveRoot(folder, allowedRoots);
  const scan = new Scan(root);
  const top = await scan.folders('');
  const isSplit = top.includes('train') && (await hasFolder(join(root, 'train')));
  const splitsFound = isSplit ? top.filter((name) => Object.hasOwn(splitFolders, name)) : [];
  for (const name of top.filter((name) => isSplit && !splitsFound.includes(name))) {
    scan.reject(name, 'a folder beside the split folders train, validation (or val) and test is not read');
  }
  const layout = splitsFound.some((name) => splitFolders[name] === 'validation') ? 'folders' : 'seeded';
  if (isSplit) {
    for (const name of splitsFound) {
      const split = layout === 'seeded' && name === 'train' ? undefined : splitFolders[name];
      for (const className of await scan.folders(name)) await scan.addClass(`${name}/${className}`, className, split);
    }
  } else {
    for (const className of top) await scan.addClass(className, className, undefined);
  }
  if (scan.classes.size === 0) throw new NoClassFoldersError(folder);
  return {
    root,
    layout,
    candidates: scan.candidates.sort((a, b) => compareText(a.path, b.path)),
    classes: [...scan.classes].sort(compareText),
    rejected: scan.rejected,
  };
}

class Scan {
  readonly candidates: Candidate[] = [];
  readonly rejected: RejectedFile[] = [];
  readonly classes = new Set<string>();

  constructor(readonly root: string) {}

  reject(path: string, reason: string): void {
    this.rejected.push({ path, reason });
  }

  /** Names of the visible folders in a folder; files beside them are refused. */
  async folders(path: string): Promise<string[]> {
    const names: string[] = [];
    for (const entry of await this.#entries(path)) {
      const entryPath = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) names.push(entry.name);
      else if (entry.isSymbolicLink()) this.reject(entryPath, 'a symbolic link is not followed here');
      else this.reject(entryPath, 'the file is not inside a class folder');
    }
    return names;
  }

  async addClass(path: string, className: string, split: Split | undefined): Promise<void> {
    this.classes.add(className);
    for (const entry of await this.#entries(path)) {
      const entryPath = `${path}/${entry.name}`;
      const ending = extname(entry.name).toLowerCase();
      if (entry.isDirectory()) this.reject(entryPath, 'a folder inside a class folder is not read');
      else if (!isPictureEnding(ending)) {
        this.reject(entryPath, `the ending ${JSON.stringify(ending)} is not one of ${pictureEndings.join(' ')}`);
      } else if (entry.isFile() || entry.isSymbolicLink()) this.candidates.push({ path: entryPath, className, split });
      else this.reject(entryPath, 'not a regular file');
    }
  }

  async #entries(path: string): Promise<Dirent[]> {
    const entries = await readdir(join(this.root, path), { withFileTypes: true });
    entries.sort((a, b) => compareText(a.name, b.name));
    return entries.filter((entry) => {
      if (!entry.name.startsWith('.')) return true;
      if (isPictureEnding(extname(entry.name).toLowerCase())) {
        this.reject(path === '' ? entry.name : `${path}/${entry.name}`, 'a hidden file is not read');
      }
      return false;
    });
  }
}

function isPictureEnding(ending: string): boolean {
  return (pictureEndings as readonly string[]).includes(ending);
}

async function hasFolder(path: string): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.some((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
}

async function resolveRoot(folder: string, allowedRoots: readonly string[] | undefined): Promise<string> {
  if (folder.includes('\0')) throw new DatasetFolderError(folder, 'the path holds a NUL character');
  if (!isAbsolute(folder)) throw new DatasetFolderError(folder, 'the path must be absolute');
  try {
    const root = await realpath(folder);
    if (allowedRoots !== undefined && !(await isInsideOne(root, allowedRoots))) throw outside(folder, allowedRoots);
    if (!(await stat(root)).isDirectory()) throw new DatasetFolderError(folder, 'it is not a folder');
    await readdir(root);
    return root;
  } catch (error) {
    if (error instanceof DatasetFolderError) throw error;
    // Why a path leads nowhere would tell what lies outside the allowed folders.
    throw allowedRoots ? outside(folder, allowedRoots) : new DatasetFolderError(folder, folderProblem(error));
  }
}

function outside(folder: string, allowedRoots: readonly string[]): DatasetFolderError {
  return new DatasetFolderError(folder, `it is not a folder inside ${allowedRoots.join(' or ')} that can be read`);
}

/** Whether a real path is one of the folders or lies below one; folders that do not exist hold nothing. */
export async function isInsideOne(path: string, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => null);
    if (real !== null && isInside(path, real)) return true;
  }
  return false;
}

/** Whether a real path is a folder or lies below it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function folderProblem(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such folder';
  if (code === 'ENOTDIR') return 'it is not a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  return `it cannot be read (${code ?? String(error)})`;
}
