import type { PickleValue } from './pickle-values.js';

/** What a file of torch.save holds, in either layout. */
export interface TorchObjects {
  /** What was saved. */
  readonly root: PickleValue;
  /** Bytes of every storage that `root` names, by key; as many as its values take. */
  readonly storages: ReadonlyMap<string, Uint8Array>;
}
