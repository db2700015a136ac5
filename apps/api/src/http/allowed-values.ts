import { z } from 'zod';
import type { FieldProblem } from '#primitives';
import { describeSchema, type JsonSchema, schemasAt } from './describe-schema.js';

type Issue = z.core.$ZodIssue;

const documents = new WeakMap<z.ZodType, JsonSchema>();

/** The JSON Schema of what a client may send for `schema`; made once per schema. */
function inputDocument(schema: z.ZodType): JsonSchema {
  const known = documents.get(schema);
  if (known) return known;
  const document = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  documents.set(schema, document);
  return document;
}

/**
 * What is wrong with an input, one entry per wrong field: its path, the value received and everything that would have
 * been accepted there (the whole range, not only the side that was missed).
 *
 * @param schema What the input was checked against; the ranges are read from it.
 * @param issues Of a failed `safeParse`.
 * @param input The input as received.
 */
export function fieldProblems(schema: z.ZodType, issues: readonly Issue[], input: unknown): FieldProblem[] {
  const document = inputDocument(schema);
  const problems = issues.flatMap((issue) => problemsOf(issue, [], document, input));
  return problems.filter((problem, index) => problems.findIndex((other) => other.field === problem.field) === index);
}

function problemsOf(issue: Issue, above: readonly PropertyKey[], document: JsonSchema, input: unknown): FieldProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = schemasAt(document, path).flatMap((schema) => Object.keys(schema.properties ?? {}));
    const allowed = `absent: the fields here are ${[...new Set(known)].join(', ') || 'none'}`;
    return issue.keys.map((key) => problem([...path, key], valueAt(input, [...path, key]), allowed));
  }
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue.errors);
    if (branch) return branch.flatMap((inner) => problemsOf(inner, path, document, input));
  }
  return [problem(path, valueAt(input, path), allowedBy(issue, path, document))];
}

function allowedBy(issue: Issue, path: readonly PropertyKey[], document: JsonSchema): string {
  // Messages written in the contract say more than a pattern does; zod's own begin differently.
  if (issue.message.startsWith('must be ')) return issue.message.slice('must be '.length);
  if (issue.code === 'custom') return issue.message;
  const described = [...new Set(schemasAt(document, path).map(describeSchema))].filter(Boolean).join(' or ');
  return described || issue.message;
}

/** The branch of a union the sender meant: the one with the fewest mistakes, unless that is not clear. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const meant = branches.filter((issues) => !issues.some(isWrongKind)).toSorted((a, b) => a.length - b.length);
  const clear = meant.length === 1 || (meant.length > 1 && meant[0].length < meant[1].length);
  return clear ? meant[0] : undefined;
}

function isWrongKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function problem(path: readonly PropertyKey[], value: unknown, allowed: string): FieldProblem {
  return { field: fieldName(path), value: shortened(value), allowed };
}

/** `searchSpace.architecture[0]`; of the input as a whole `(input)`. */
function fieldName(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return parts.join('').replace(/^\./, '') || '(input)';
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** Scalars as they are, up to 200 characters; of lists and objects only the kind, so that an answer stays small. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 200)}…` : value;
  if (Array.isArray(value)) return `[${value.length} items]`;
  if (value !== null && typeof value === 'object') return '{…}';
  return value;
}
