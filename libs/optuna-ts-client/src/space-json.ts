import {
  type ConditionalSpace,
  checkSpace,
  isCases,
  type SpaceCase,
  type SpaceCondition,
} from './conditional-space.js';
import type { Distribution } from './distributions/distribution.js';
import { distributionToJson, jsonToDistribution } from './distributions/distribution-json.js';

/**
 * A space as JSON: an object of Optuna's JSON of each distribution, or of a list of
 * `{ "when": { parent: [values] }, "distribution": … }` where it goes by cases.
 */
export function spaceToJson(space: ConditionalSpace): string {
  const entries = Object.entries(space).map(([name, entry]) => [
    name,
    isCases(entry)
      ? entry.map(({ when, distribution }) => ({ when, distribution: toJson(distribution) }))
      : toJson(entry),
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/**
 * Reads what `spaceToJson` wrote.
 *
 * @throws {SyntaxError} if the text is not JSON. @throws {TypeError} if an entry has another shape.
 * @throws {RangeError} as the distributions and `checkSpace`.
 */
export function jsonToSpace(json: string): ConditionalSpace {
  const parsed: unknown = JSON.parse(json);
  if (!isRecord(parsed)) throw new TypeError(`space is ${json}, must be an object of distributions`);
  const space = Object.fromEntries(
    Object.entries(parsed).map(([name, entry]) => [
      name,
      Array.isArray(entry) ? entry.map((value, index) => toCase(`${name}[${index}]`, value)) : fromJson(entry),
    ]),
  );
  checkSpace(space);
  return space;
}

function toCase(field: string, value: unknown): SpaceCase {
  const { when, distribution } = isRecord(value) ? value : {};
  if (!isRecord(when) || !Object.values(when).every(Array.isArray)) {
    throw new TypeError(`${field}.when is ${JSON.stringify(when)}, must be an object of lists of values`);
  }
  return { when: when as SpaceCondition, distribution: fromJson(distribution) };
}

function toJson(distribution: Distribution): unknown {
  return JSON.parse(distributionToJson(distribution));
}

function fromJson(value: unknown): Distribution {
  return jsonToDistribution(JSON.stringify(value) ?? 'null');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
