import type { Distribution, ParamValue } from './distributions/distribution.js';
import { cardinality, containsValue, describeDistribution } from './distributions/internal-representation.js';
import { isCompatible, type SearchSpace } from './search-space.js';

/** Parent parameter → the values of it that are meant; all parents must have one of theirs. */
export type SpaceCondition = Readonly<Record<string, readonly ParamValue[]>>;

/** Where a parameter may lie while its parents have certain values. */
export interface SpaceCase {
  readonly when: SpaceCondition;
  readonly distribution: Distribution;
}

/**
 * Parameter names and where each may lie: always, or by cases. A parameter of which no case holds is absent from the
 * trial, and so is one whose parent is absent. Every `SearchSpace` is one without cases.
 */
export type ConditionalSpace = Readonly<Record<string, Distribution | readonly SpaceCase[]>>;

/** Whether the entry is a list of cases. */
export function isCases(entry: Distribution | readonly SpaceCase[]): entry is readonly SpaceCase[] {
  return Array.isArray(entry);
}

/** Whether no parameter depends on another. */
export function isFlat(space: ConditionalSpace): space is SearchSpace {
  return !Object.values(space).some(isCases);
}

/** The cases of a parameter; one that always exists has a single case without a condition. */
export function casesOf(space: ConditionalSpace, name: string): readonly SpaceCase[] {
  const entry = space[name];
  return isCases(entry) ? entry : [{ when: {}, distribution: entry }];
}

/** Names of the parameters that others depend on, in the order of the space. */
export function parentsOf(space: ConditionalSpace): string[] {
  const parents = new Set(Object.values(space).flatMap((entry) => (isCases(entry) ? whenNames(entry) : [])));
  return Object.keys(space).filter((name) => parents.has(name));
}

/**
 * Checks that the conditions make sense.
 *
 * @throws {RangeError} naming the entry: no case or condition, an unknown parent, a parent with infinitely many values,
 *   a value that the parent never has, a parameter that depends on itself, two cases that can hold at once, or cases of
 *   different kinds (ranges may differ; kind, scale and choices may not, as in one study of Optuna).
 */
export function checkSpace(space: ConditionalSpace): void {
  if (isFlat(space)) return;
  for (const [name, entry] of Object.entries(space)) if (isCases(entry)) checkCases(space, name, entry);
  checkOrder(space);
  for (const [name, entry] of Object.entries(space)) if (isCases(entry)) checkDisjoint(space, name, entry);
}

function checkCases(space: ConditionalSpace, name: string, cases: readonly SpaceCase[]): void {
  if (cases.length === 0) throw new RangeError(`${name} has no cases, must have at least one`);
  for (const [index, { when, distribution }] of cases.entries()) {
    const field = `${name}[${index}]`;
    if (Object.keys(when).length === 0) throw new RangeError(`${field}.when is empty, must name at least one parent`);
    for (const [parent, values] of Object.entries(when)) checkParent(space, `${field}.when.${parent}`, parent, values);
    if (!isCompatible(cases[0].distribution, distribution)) {
      throw new RangeError(
        `${field}.distribution is ${describeDistribution(distribution)}, must be of the kind of ${name}[0]: ` +
          describeDistribution(cases[0].distribution),
      );
    }
  }
}

function checkParent(space: ConditionalSpace, field: string, parent: string, values: readonly ParamValue[]): void {
  if (!Object.hasOwn(space, parent)) {
    throw new RangeError(`${field} is unknown, must be one of ${Object.keys(space).join(', ')}`);
  }
  if (values.length === 0) throw new RangeError(`${field} is empty, must hold at least one value`);
  const distributions = casesOf(space, parent).map(({ distribution }) => distribution);
  if (distributions.some((distribution) => cardinality(distribution) === Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${field} is continuous, must be a parameter with choices or a grid`);
  }
  for (const value of values) {
    if (distributions.some((distribution) => containsValue(distribution, value))) continue;
    const allowed = distributions.map(describeDistribution).join(' or ');
    throw new RangeError(`${field} holds ${JSON.stringify(value)}, must be ${allowed}`);
  }
}

/** Every walk from a parameter to its parents must end. */
function checkOrder(space: ConditionalSpace): void {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]) => {
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' → ');
      throw new RangeError(`${cycle} is a cycle, a parameter must not depend on itself`);
    }
    if (done.has(name)) return;
    const entry = space[name];
    if (isCases(entry)) for (const parent of whenNames(entry)) visit(parent, [...path, name]);
    done.add(name);
  };
  for (const name of Object.keys(space)) visit(name, []);
}

function checkDisjoint(space: ConditionalSpace, name: string, cases: readonly SpaceCase[]): void {
  for (let later = 1; later < cases.length; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const both = intersect(cases[earlier].when, cases[later].when);
      if (both !== null && isSatisfiable(space, both, Object.keys(both))) {
        throw new RangeError(`${name}[${earlier}] and ${name}[${later}] can hold at once, must exclude each other`);
      }
    }
  }
}

/** Whether some trial meets the condition: each parent in `open` must exist by one of its cases, and so on up. */
function isSatisfiable(space: ConditionalSpace, condition: SpaceCondition, open: readonly string[]): boolean {
  if (open.length === 0) return true;
  const [parent, ...rest] = open;
  return casesOf(space, parent).some(({ when, distribution }) => {
    const values = condition[parent].filter((value) => containsValue(distribution, value));
    if (values.length === 0) return false;
    const both = intersect({ ...condition, [parent]: values }, when);
    return both !== null && isSatisfiable(space, both, [...new Set([...rest, ...Object.keys(when)])]);
  });
}

/** Both conditions as one; null where a parent would have no value left. */
function intersect(a: SpaceCondition, b: SpaceCondition): SpaceCondition | null {
  const both: Record<string, readonly ParamValue[]> = { ...a };
  for (const [parent, values] of Object.entries(b)) {
    both[parent] = a[parent] === undefined ? values : values.filter((value) => a[parent].includes(value));
    if (both[parent].length === 0) return null;
  }
  return both;
}

function whenNames(cases: readonly SpaceCase[]): string[] {
  return cases.flatMap(({ when }) => Object.keys(when));
}
