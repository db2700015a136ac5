import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { type CreateStudyInput, createStudyRequest } from '#api-contract';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';

/** A study as a file describes it: the dataset by name, or by id. */
export interface StudyFile {
  /** Everything but the dataset; defaults are the service's. */
  readonly spec: Omit<CreateStudyInput, 'datasetId'>;
  readonly dataset: { readonly name: string } | { readonly id: string };
}

/** Stands for the dataset while the rest is checked. */
const anyId = '00000000-0000-4000-8000-000000000000';
const maxFileBytes = 1_000_000;

/**
 * Reads a study from YAML or JSON (which YAML contains).
 *
 * @throws {CliError} (bad input) naming every wrong field, or the line where the text is not YAML.
 */
export async function readStudyFile(path: string): Promise<StudyFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`Cannot read ${path}: ${(error as Error).message}`, exitCode.badInput);
  }
  return parseStudy(text, path);
}

/**
 * Reads a study from text.
 *
 * @param source Where the text is from, for messages.
 * @throws {CliError} as readStudyFile does.
 */
export function parseStudy(text: string, source: string): StudyFile {
  const { dataset: name, datasetId, ...rest } = parseMapping(text, source);
  const problems: string[] = [];
  if (name === undefined && datasetId === undefined) {
    problems.push('dataset: missing; allowed: the name of an imported dataset');
  } else if (name !== undefined && datasetId !== undefined) {
    problems.push('datasetId: given besides dataset; allowed: one of the two');
  } else if (name !== undefined && (typeof name !== 'string' || name.trim() === '')) {
    problems.push(`dataset: ${JSON.stringify(name)}; allowed: the name of an imported dataset`);
  }
  const parsed = createStudyRequest.safeParse({ ...rest, datasetId: datasetId ?? anyId });
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap((issue) => fieldProblems(issue, rest)));
  if (problems.length > 0) throw new CliError(`${source} is not a valid study`, exitCode.badInput, problems);
  const dataset = typeof name === 'string' ? { name: name.trim() } : { id: datasetId as string };
  return { spec: rest as Omit<CreateStudyInput, 'datasetId'>, dataset };
}

function parseMapping(text: string, source: string): Record<string, unknown> {
  if (text.length > maxFileBytes) {
    throw new CliError(`${source} has more than ${maxFileBytes} characters`, exitCode.badInput);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new CliError(`${source} is not YAML: ${error.message} at line ${line}, column ${col}`, exitCode.badInput);
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new CliError(`${source} must hold a mapping of fields, such as "name: my study"`, exitCode.badInput);
}

/** What the contract's schemas report; the parts that are used. */
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
}

function fieldProblems(issue: Issue, input: Record<string, unknown>): string[] {
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => `${fieldName([...issue.path, key])}: is no field of a study`);
  }
  const value = issue.path.reduce<unknown>(
    (parent, key) => (parent as Record<PropertyKey, unknown> | undefined | null)?.[key],
    input,
  );
  const shown = value === undefined ? 'missing' : JSON.stringify(value);
  return [`${fieldName(issue.path)}: ${shown}; ${messageOf(issue)}`];
}

/** For "one of several shapes" the shape that came nearest tells most. */
function messageOf(issue: Issue): string {
  if (issue.code !== 'invalid_union' || !issue.errors) return issue.message;
  const nearest = [...issue.errors].sort((a, b) => depthOf(b) - depthOf(a))[0] ?? [];
  const inner = nearest.map(({ path, message }) => (path.length > 0 ? `${fieldName(path)}: ${message}` : message));
  return inner.join(', ') || issue.message;
}

function depthOf(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length));
}

/** `searchSpace.learningRate.low`, `enqueue[2].epochs`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  );
}
