import { type FieldProblem, InvalidInputError } from '#primitives';

/** One option of a sampler or pruner, as data: it validates requests and is printed on the documentation pages. */
export type OptionSchema =
  | {
      readonly type: 'integer' | 'number';
      readonly default: number;
      readonly minimum: number;
      /** @default no upper limit */
      readonly maximum?: number;
      readonly description: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly description: string }
  | {
      readonly type: 'enum';
      readonly default: string;
      readonly values: readonly string[];
      readonly description: string;
    };

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
): Record<string, number | boolean | string> {
  const problems: FieldProblem[] = [];
  const parsed: Record<string, number | boolean | string> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = Object.hasOwn(options, name) ? options[name] : schema.default;
    if (isAllowed(schema, value)) parsed[name] = value as number | boolean | string;
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
  return `${schema.description} ${allowed}, default ${schema.default}.`;
}

function isAllowed(schema: OptionSchema, value: unknown): boolean {
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return schema.values.includes(value as string);
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      if (schema.type === 'integer' && !Number.isSafeInteger(value)) return false;
      return value >= schema.minimum && value <= (schema.maximum ?? Number.POSITIVE_INFINITY);
    }
  }
}

function describeAllowed(schema: OptionSchema): string {
  switch (schema.type) {
    case 'boolean':
      return 'true or false';
    case 'enum':
      return `one of ${schema.values.join(', ')}`;
    case 'integer':
    case 'number': {
      const kind = schema.type === 'integer' ? 'an integer' : 'a number';
      return schema.maximum === undefined
        ? `${kind} >= ${schema.minimum}`
        : `${kind} in [${schema.minimum}, ${schema.maximum}]`;
    }
  }
}
