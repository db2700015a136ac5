import { type ConditionalSpace, casesOf } from './conditional-space.js';
import type { ParamValue } from './distributions/distribution.js';
import type { SearchSpace } from './search-space.js';

/** What can be decided of a conditional space, given what has been. */
export interface ActiveParameters {
  /** Parameters that exist and whose range is known, not decided yet; empty once the configuration is complete. */
  readonly space: SearchSpace;
  /** Whether others may follow once those of `space` are decided. */
  readonly mayFollow: boolean;
}

/**
 * The parameters that come next: first those that depend on nothing, then those whose parents are decided.
 *
 * @param space Valid, see `checkSpace`. @param params What is decided, as people write it; others names are ignored.
 */
export function activeParameters(
  space: ConditionalSpace,
  params: Readonly<Record<string, ParamValue>>,
): ActiveParameters {
  const states = new Map<string, 'exists' | 'absent' | 'open'>();
  const active: Record<string, SearchSpace[string]> = {};
  /** Whether a parameter exists, as far as is decided; those that can be decided now are put into `active`. */
  const stateOf = (name: string): 'exists' | 'absent' | 'open' => {
    const known = states.get(name);
    if (known !== undefined) return known;
    let state: 'exists' | 'absent' | 'open' = 'absent';
    for (const { when, distribution } of casesOf(space, name)) {
      const match = matchOf(when);
      if (match === 'absent') continue;
      state = match === 'exists' && Object.hasOwn(params, name) ? 'exists' : 'open';
      if (match === 'exists' && state === 'open') active[name] = distribution;
      break;
    }
    states.set(name, state);
    return state;
  };
  const matchOf = (when: Readonly<Record<string, readonly ParamValue[]>>): 'exists' | 'absent' | 'open' => {
    let match: 'exists' | 'open' = 'exists';
    for (const [parent, values] of Object.entries(when)) {
      const state = stateOf(parent);
      if (state === 'absent' || (state === 'exists' && !values.includes(params[parent]))) return 'absent';
      if (state === 'open') match = 'open';
    }
    return match;
  };
  let open = 0;
  for (const name of Object.keys(space)) if (stateOf(name) === 'open') open++;
  const names = Object.keys(space).filter((name) => active[name] !== undefined);
  return {
    space: Object.fromEntries(names.map((name) => [name, active[name]])),
    mayFollow: open > names.length,
  };
}

/**
 * The flat space that a configuration lies in: the parameters that exist with its values, and where each may lie.
 *
 * @returns Null where a parameter that should exist is missing.
 */
export function spaceOf(space: ConditionalSpace, params: Readonly<Record<string, ParamValue>>): SearchSpace | null {
  const decided: Record<string, ParamValue> = {};
  const flat: Record<string, SearchSpace[string]> = {};
  for (;;) {
    const next = Object.entries(activeParameters(space, decided).space);
    if (next.length === 0) return flat;
    for (const [name, distribution] of next) {
      if (!Object.hasOwn(params, name)) return null;
      decided[name] = params[name];
      flat[name] = distribution;
    }
  }
}
