import type { FieldProblem } from '#primitives';

const maxDepth = 32;

/** Half of a surrogate pair: text that is no Unicode, which JSON can spell as `"\ud800"`. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Content that no schema of the contract should have to think about: objects nested deeper than 32 levels, keys that
 * reach for prototypes, and NUL characters and lone surrogates, which Postgres cannot store.
 *
 * @returns The first such place, or undefined.
 */
export function unsafeContent(input: unknown): FieldProblem | undefined {
  const pending: { value: unknown; path: string; depth: number }[] = [{ value: input, path: '', depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, path, depth } = next;
    if (typeof value === 'string') {
      if (value.includes('\0')) return found(path, 'text without NUL characters');
      if (loneSurrogate.test(value)) return found(path, 'well-formed Unicode text, without lone surrogates');
    }
    if (value === null || typeof value !== 'object') continue;
    if (depth === maxDepth) return found(path, `nested at most ${maxDepth} levels deep`);
    for (const key of Object.keys(value)) {
      const inner = path === '' ? key : `${path}.${key}`;
      if (key === '__proto__') return found(inner, 'absent');
      if (key.includes('\0')) return found(path, 'an object whose keys have no NUL characters');
      if (loneSurrogate.test(key)) return found(path, 'an object whose keys are well-formed Unicode text');
      pending.push({ value: (value as Record<string, unknown>)[key], path: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

function found(path: string, allowed: string): FieldProblem {
  return { field: path.slice(0, 200) || '(input)', allowed };
}
