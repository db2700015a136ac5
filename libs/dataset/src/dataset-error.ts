import { DomainError } from '#primitives';

/** The folder cannot be read as a data set at all: relative, missing, not a folder, or outside the allowed roots. */
export class DatasetFolderError extends DomainError {
  readonly code = 'DATASET_FOLDER';

  constructor(
    readonly folder: string,
    reason: string,
  ) {
    super(`Cannot import ${JSON.stringify(folder)}: ${reason}`);
  }
}

/** The folder holds no class folder; the message says which layouts are expected. */
export class NoClassFoldersError extends DomainError {
  readonly code = 'DATASET_NO_CLASSES';

  constructor(readonly folder: string) {
    super(
      `Cannot import ${JSON.stringify(folder)}: it holds no class folders. Expected <folder>/<class>/<image>, or ` +
        '<folder>/train/<class>/<image> beside <folder>/validation/<class>/<image>',
    );
  }
}

/** One class cannot be told from anything; a classifier needs two. */
export class TooFewClassesError extends DomainError {
  readonly code = 'DATASET_TOO_FEW_CLASSES';

  constructor(
    readonly folder: string,
    readonly classes: readonly string[],
  ) {
    super(
      `Cannot import ${JSON.stringify(folder)}: it holds only the class ${classes.map((name) => JSON.stringify(name)).join()}, ` +
        'expected class folders for at least 2 classes',
    );
  }
}

/** A class without a usable image in training or in validation. */
export class ClassTooSmallError extends DomainError {
  readonly code = 'DATASET_CLASS_TOO_SMALL';

  constructor(
    readonly folder: string,
    readonly className: string,
    expected: string,
    firstRejections: readonly { readonly path: string; readonly reason: string }[],
  ) {
    const refused = firstRejections.map(({ path, reason }) => `${path} (${reason})`).join('; ');
    super(
      `Cannot import ${JSON.stringify(folder)}: class ${JSON.stringify(className)} has too few usable images, expected ` +
        `${expected}${refused === '' ? '' : `. Refused: ${refused}`}`,
    );
  }
}

/** A stored manifest that is not one, or is of another format version. */
export class InvalidManifestError extends DomainError {
  readonly code = 'DATASET_MANIFEST_INVALID';

  constructor(
    readonly field: string,
    expected: string,
  ) {
    super(`Cannot read the manifest: ${field} must be ${expected}`);
  }
}

/** Stored bytes that are not the ones the manifest names. */
export class BlobMismatchError extends DomainError {
  readonly code = 'DATASET_BLOB_MISMATCH';

  constructor(
    readonly path: string,
    readonly expectedSha256: string,
    readonly actualSha256: string,
  ) {
    super(`Cannot load ${path}: its stored bytes have sha256 ${actualSha256}, the manifest says ${expectedSha256}`);
  }
}

/** A picture of a data set version cannot be loaded: its bytes are gone, or no longer decode. */
export class PictureLoadError extends DomainError {
  readonly code = 'DATASET_PICTURE_LOAD';

  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    const reason = cause instanceof UnusablePictureError ? cause.reason : String((cause as Error).message ?? cause);
    super(`Cannot load ${path}: ${reason}`, { cause });
  }
}

/** The child process that checks pictures cannot be started at all; no picture is to blame. */
export class PictureCheckerError extends DomainError {
  readonly code = 'DATASET_CHECKER_UNAVAILABLE';
}

/** Bytes that are not a picture this service reads; `reason` is a short phrase fit for a list of refused files. */
export class UnusablePictureError extends DomainError {
  readonly code = 'PICTURE_UNUSABLE';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot decode the picture: ${reason}`, options);
  }
}
