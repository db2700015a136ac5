import { resolve } from 'node:path';
import type { FieldProblem } from '#primitives';
import type { TensorflowProvider } from './tensorflow-package.js';

/** What `engine …` was asked to do in a data folder. */
export interface EngineCommand {
  readonly name: 'engine';
  readonly action: 'link-tensorflow';
  readonly data: string;
  /** Folder of TensorFlow; absolute. */
  readonly folder: string;
  readonly provider: TensorflowProvider;
  /** Folder of a package that is there already; absolute. Null: npm fetches it. */
  readonly package: string | null;
  /** Only say what would be done, and what is missing. */
  readonly check: boolean;
  readonly json: boolean;
}

/** Options that some action of `engine` has. */
export const engineOptions = ['data', 'json', 'package', 'gpu', 'check'];

/**
 * Reads the arguments after `engine`.
 *
 * @param problems Every mistake is added here.
 */
export function readEngineCommand(
  [action, ...rest]: readonly string[],
  values: { readonly package?: string; readonly gpu?: boolean; readonly check?: boolean },
  shared: { readonly data: string; readonly json: boolean },
  problems: FieldProblem[],
): EngineCommand {
  if (action !== 'link-tensorflow') problems.push({ field: 'action', value: action, allowed: 'link-tensorflow' });
  if (rest.length !== 1) {
    problems.push({ field: 'folder', value: rest.join(' ') || undefined, allowed: 'one path' });
  }
  return {
    name: 'engine',
    action: 'link-tensorflow',
    folder: resolve(rest[0] ?? '.'),
    provider: values.gpu ? 'tfjs-node-gpu' : 'tfjs-node',
    package: values.package === undefined ? null : resolve(values.package),
    check: values.check ?? false,
    ...shared,
  };
}
