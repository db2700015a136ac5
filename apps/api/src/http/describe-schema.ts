/** The part of JSON Schema (2020-12) that zod writes for the contract. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
  readonly pattern?: string;
}

const formats: Readonly<Record<string, string>> = { uuid: 'a UUID', 'date-time': 'an ISO 8601 time in UTC' };

/** Every schema that may apply at `path`: more than one below a union, none where the schema knows no such place. */
export function schemasAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches && path.length > 0) return branches.flatMap((branch) => schemasAt(branch, path));
  if (path.length === 0) return [schema];
  const [key, ...rest] = path;
  if (typeof key === 'number') return schema.items ? schemasAt(schema.items, rest) : [];
  const named = schema.properties?.[String(key)];
  if (named) return schemasAt(named, rest);
  return typeof schema.additionalProperties === 'object' ? schemasAt(schema.additionalProperties, rest) : [];
}

/** A schema in words for a person, e.g. `a number in (0, 10]`, `one of minimize, maximize`, `text of 1 to 120 characters`. */
export function describeSchema(schema: JsonSchema): string {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return [...new Set(branches.map(describeSchema))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  const kinds = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return kinds.map((kind) => describeKind(kind, schema)).join(' or ');
}

function describeKind(kind: string, schema: JsonSchema): string {
  switch (kind) {
    case 'number':
      return `a number${interval(schema)}`;
    case 'integer':
      return `an integer${interval(schema)}`;
    case 'string':
      return describeText(schema);
    case 'array':
      return `a list${count(schema.minItems, schema.maxItems, 'items')}`;
    case 'object':
      return schema.properties ? `an object with ${Object.keys(schema.properties).join(', ')}` : 'an object';
    case 'boolean':
      return 'true or false';
    default:
      return kind;
  }
}

function describeText(schema: JsonSchema): string {
  if (schema.format && formats[schema.format]) return formats[schema.format];
  const matching = schema.pattern ? ` matching ${schema.pattern}` : '';
  return `text${count(schema.minLength, schema.maxLength, 'characters')}${matching}`;
}

/** ` in (0, 10]`; nothing where neither side is bounded (zod bounds every integer by 2⁵³ - 1: that counts as unbounded). */
function interval(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const low = exclusiveMinimum ?? (minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum);
  const high = exclusiveMaximum ?? (maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum);
  if (low === undefined && high === undefined) return '';
  if (high === undefined) return exclusiveMinimum === undefined ? ` >= ${low}` : ` > ${low}`;
  if (low === undefined) return exclusiveMaximum === undefined ? ` <= ${high}` : ` < ${high}`;
  return ` in ${exclusiveMinimum === undefined ? '[' : '('}${low}, ${high}${exclusiveMaximum === undefined ? ']' : ')'}`;
}

function count(low: number | undefined, high: number | undefined, what: string): string {
  if (low === undefined && high === undefined) return '';
  if (high === undefined) return ` of at least ${low} ${what}`;
  return low === undefined ? ` of at most ${high} ${what}` : ` of ${low} to ${high} ${what}`;
}
