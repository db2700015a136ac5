/** Injection tokens of what has no class of its own to stand for it. */
export const CONFIG = Symbol('Config');
export const ARTIFACTS = Symbol('ArtifactStore');
export const WORKER_TOKEN = Symbol('worker token');
