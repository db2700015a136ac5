import { type FieldProblem, InvalidInputError } from '#primitives';

/**
 * One option of a sampler or pruner, as data: it validates requests and is printed on the documentation pages. Where the
 * default is null, null is allowed and means what the description says.
 */
export type OptionSchema =
  | {
      readonly type: 'integer' | 'number';
      readonly default: number | null;
      /** @default no lower limit */
      readonly minimum?: number;
      /** @default no upper limit */
      readonly maximum?: number;
      readonly description: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly description: string }
  | {
      readonly type: 'enum';
      readonly default: string | null;
      readonly values: readonly string[];
      readonly description: string;
    }
  /** A list of names, without repeats. */
  | { readonly type: 'names'; readonly default: readonly string[]; readonly description: string }
  /** Options of something that the options name; that one checks what is in it. */
  | { readonly type: 'options'; readonly default: Readonly<Record<string, unknown>>; readonly description: string };

/** What an option can be. */
export type OptionValue = OptionSchema['default'];

/** Option name → what it may be. */
export type OptionSchemas = Readonly<Record<string, OptionSchema>>;

/**
 * Checks the options of a request and fills in the defaults.
 *
 * @param path Where the options stand in the request, for messages: `sampler.options`.
 * @throws {InvalidInputError} naming every option that is unknown or outside its range.
 */
export function parseOptions(
  schemas: OptionSchemas,
  options: Readonly<Record<string, unknown>>,
  path: string,
): Record<string, OptionValue> {
  const problems: FieldProblem[] = [];
  const parsed: Record<string, OptionValue> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = Object.hasOwn(options, name) ? options[name] : schema.default;
    if (isAllowed(schema, value)) parsed[name] = value as OptionValue;
    else problems.push({ field: `${path}.${name}`, value, allowed: describeAllowed(schema) });
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(schemas, name)) {
      const names = Object.keys(schemas).join(', ');
      problems.push({ field: `${path}.${name}`, value: options[name], allowed: names ? `one of ${names}` : 'absent' });
    }
  }
  if (problems.length > 0) throw new InvalidInputError(problems);
  return parsed;
}

/**
 * Fills in the defaults of options given in code.
 *
 * @throws {RangeError} naming the first option outside its range.
 */
export function completeOptions<Options extends object>(schemas: OptionSchemas, options: Options): Required<Options> {
  const complete: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = (options as Record<string, unknown>)[name] ?? schema.default;
    if (!isAllowed(schema, value)) throw new RangeError(`${name} is ${value}, must be ${describeAllowed(schema)}`);
    complete[name] = value;
  }
  return complete as Required<Options>;
}

/** One line for a page: `Trials drawn at random first. Integer >= 0, default 10.` */
export function describeOption(schema: OptionSchema): string {
  const allowed = describeAllowed(schema).replace(/^(?:an? )?(.)/, (_, first: string) => first.toUpperCase());
  const value = typeof schema.default === 'object' ? JSON.stringify(schema.default) : schema.default;
  return `${schema.description} ${allowed}, default ${value}.`;
}

/** Two options that are right each and wrong together. */
export interface OptionConflict {
  readonly name: string;
  readonly value: unknown;
  readonly allowed: string;
}

/** @throws {RangeError} if there is a conflict. */
export function refuseConflict(conflict: OptionConflict | undefined): void {
  if (conflict) throw new RangeError(`${conflict.name} is ${conflict.value}, must be ${conflict.allowed}`);
}

function isAllowed(schema: OptionSchema, value: unknown): boolean {
  if (value === null) return schema.default === null;
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return schema.values.includes(value as string);
    case 'names':
      return Array.isArray(value) && new Set(value).size === value.length && value.every(isName);
    case 'options':
      return typeof value === 'object' && !Array.isArray(value);
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      if (schema.type === 'integer' && !Number.isSafeInteger(value)) return false;
      return (
        value >= (schema.minimum ?? Number.NEGATIVE_INFINITY) && value <= (schema.maximum ?? Number.POSITIVE_INFINITY)
      );
    }
  }
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function describeAllowed(schema: OptionSchema): string {
  return schema.default === null ? `${describeValue(schema)}, or null` : describeValue(schema);
}

function describeValue(schema: OptionSchema): string {
  switch (schema.type) {
    case 'boolean':
      return 'true or false';
    case 'enum':
      return `one of ${schema.values.join(', ')}`;
    case 'names':
      return 'a list of different names';
    case 'options':
      return 'an object of options';
    case 'integer':
    case 'number': {
      const kind = schema.type === 'integer' ? 'an integer' : 'a number';
      const { minimum, maximum } = schema;
      if (minimum !== undefined && maximum !== undefined) return `${kind} in [${minimum}, ${maximum}]`;
      if (minimum !== undefined) return `${kind} >= ${minimum}`;
      return maximum === undefined ? kind : `${kind} <= ${maximum}`;
    }
  }
}
