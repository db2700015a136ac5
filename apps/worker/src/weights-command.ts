import { resolve } from 'node:path';
import type { FieldProblem } from '#primitives';

/** What `weights …` was asked to do in a data folder. */
export type WeightsCommand = { readonly name: 'weights'; readonly data: string; readonly json: boolean } & (
  | FetchOrder
  | ImportOrder
  | { readonly action: 'verify'; readonly weights: readonly string[] }
  | { readonly action: 'export'; readonly weights: string }
);

/** What a file that torchvision does not publish must be told. */
export interface FileFacts {
  readonly architecture: string | null;
  /** What the weights shall be called. */
  readonly as: string | null;
  /** Path of a file with the names of the classes, or `imagenet-1k`. */
  readonly labels: string | null;
}

export interface FetchOrder extends FileFacts {
  readonly action: 'fetch';
  /** An architecture, the name of published weights, or an address. */
  readonly what: string;
  /** Of the published weights, e.g. `V2`. */
  readonly version: string | null;
  /** A folder, or the address of a mirror, with files of the published names. */
  readonly from: string | null;
  /** First digits of the SHA-256, for an address. */
  readonly sha256: string | null;
  readonly keep: boolean;
}

export interface ImportOrder extends FileFacts {
  readonly action: 'import';
  /** A file, or a folder of published files; absolute. */
  readonly path: string;
}

/** Options of the command line as they are parsed. */
interface Values {
  readonly architecture?: string[];
  readonly name?: string;
  readonly version?: string;
  readonly from?: string;
  readonly sha256?: string;
  readonly labels?: string;
  readonly keep?: boolean;
}

const actions = ['fetch', 'import', 'verify', 'export'] as const;
const facts = ['architecture', 'name', 'labels'] as const;
const allowed: Readonly<Record<(typeof actions)[number], readonly string[]>> = {
  fetch: [...facts, 'version', 'from', 'sha256', 'keep'],
  import: facts,
  verify: [],
  export: [],
};

/** Options that some action of `weights` has. */
export const weightsOptions = ['data', 'json', ...new Set(Object.values(allowed).flat())];

/**
 * Reads the arguments after `weights`.
 *
 * @param shared What all commands read alike; `mirror` is where weights are fetched from unless `--from` says.
 * @param problems Every mistake is added here.
 */
export function readWeightsCommand(
  [action, ...rest]: readonly string[],
  values: Values,
  shared: { readonly data: string; readonly json: boolean; readonly mirror: string | null },
  problems: FieldProblem[],
): WeightsCommand {
  const { mirror, ...common } = shared;
  const base = { name: 'weights' as const, ...common };
  if (!actions.includes(action as (typeof actions)[number])) {
    problems.push({ field: 'action', value: action, allowed: `one of ${actions.join(', ')}` });
    return { ...base, action: 'verify', weights: [] };
  }
  const known = allowed[action as (typeof actions)[number]];
  for (const option of Object.keys(values).filter((name) => weightsOptions.includes(name))) {
    if (known.includes(option) || option === 'data' || option === 'json') continue;
    problems.push({ field: `--${option}`, value: values[option as keyof Values], allowed: `absent for ${action}` });
  }
  if (action === 'verify') return { ...base, action, weights: rest };
  const one = only(rest, action === 'import' ? 'file or folder' : 'weights', problems);
  if (action === 'export') return { ...base, action, weights: one };
  const told = {
    architecture: onlyArchitecture(values, problems),
    as: values.name ?? null,
    labels: pathOf(values.labels),
  };
  if (action === 'import') return { ...base, ...told, action, path: resolve(one) };
  const { version = null, from = mirror, sha256 = null, keep = false } = values;
  return { ...base, ...told, action: 'fetch', what: one, version, from, sha256, keep };
}

function only(rest: readonly string[], field: string, problems: FieldProblem[]): string {
  if (rest.length !== 1) problems.push({ field, value: rest.join(' ') || undefined, allowed: 'one' });
  return rest[0] ?? '';
}

function onlyArchitecture({ architecture = [] }: Values, problems: FieldProblem[]): string | null {
  if (architecture.length > 1) problems.push({ field: '--architecture', value: architecture, allowed: 'one name' });
  return architecture[0] ?? null;
}

function pathOf(labels: string | undefined): string | null {
  return labels === undefined ? null : labels === 'imagenet-1k' ? labels : resolve(labels);
}
