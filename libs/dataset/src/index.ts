export type { BlobSink, BlobSource } from './blob-port.js';
export {
  BlobMismatchError,
  ClassTooSmallError,
  DatasetFolderError,
  InvalidManifestError,
  NoClassFoldersError,
  PictureCheckerError,
  PictureLoadError,
  TooFewClassesError,
  UnusablePictureError,
} from './dataset-error.js';
export {
  countImages,
  type DatasetImage,
  type DatasetManifest,
  parseManifest,
  type RejectedFile,
  type Split,
  serializeManifest,
  splits,
  versionHash,
} from './dataset-manifest.js';
export { type ImportFolderOptions, importFolder } from './import-folder.js';
export { type PictureFormat, pictureFormats } from './picture-format.js';
export { defaultPictureLimits, type PictureLimits } from './picture-limits.js';
export { isInsideOne } from './scan-folder.js';
