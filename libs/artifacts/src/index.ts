export { ArtifactCorruptError, ArtifactMissingError } from './artifact-errors.js';
export { type Artifact, type ArtifactContent, ArtifactStore } from './artifact-store.js';
export { exportFolderName } from './export-folder.js';
