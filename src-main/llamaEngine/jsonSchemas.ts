import type { GbnfJsonSchema } from 'node-llama-cpp';

type Schema = Readonly<Record<string, unknown>>;

const simpleTypes = new Set(['string', 'number', 'integer', 'boolean', 'null']);
const stringFormats = new Set(['date-time', 'time', 'date']);
const MAX_DEPTH = 24;
/** Has no say in the grammar, but a model that is shown its tools reads it. */
const shownToModels = ['title', 'description', 'default', 'examples', 'required', 'pattern'];

/**
 * Brings any JSON Schema to the part of it that node-llama-cpp's grammar knows: references are followed, `anyOf`
 * counts as `oneOf`, `allOf` of objects is one object, and what is unknown allows any value.
 * Shape: a reference to itself ends in any value after 24 levels.
 */
export function toGrammarSchema(schema: Schema): GbnfJsonSchema {
  return convert(schema, schema, 0);
}

function convert(value: unknown, root: Schema, depth: number): GbnfJsonSchema {
  if (!isSchema(value) || depth > MAX_DEPTH) return anything();
  const schema = follow(value, root);
  const described = Object.fromEntries(shownToModels.filter((key) => key in schema).map((key) => [key, schema[key]]));
  const choice = convertChoice(schema, root, depth);
  if (choice) return { ...choice, ...described };
  if (Array.isArray(schema['type'])) return { oneOf: schema['type'].map((type: unknown) => convert({ ...schema, type }, root, depth + 1)), ...described };
  return { ...convertTyped(schema, root, depth), ...described };
}

function convertChoice(schema: Schema, root: Schema, depth: number): GbnfJsonSchema | null {
  if ('const' in schema && isLiteral(schema['const'])) return { const: schema['const'] };
  if (Array.isArray(schema['enum'])) return { enum: schema['enum'].filter(isLiteral) };
  const choices = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(choices) && choices.length > 0) return { oneOf: choices.map((one) => convert(one, root, depth + 1)) };
  if (Array.isArray(schema['allOf'])) return convert(mergeAll([schema, ...schema['allOf'] as unknown[]], root), root, depth + 1);
  return null;
}

function convertTyped(schema: Schema, root: Schema, depth: number): GbnfJsonSchema {
  const type = schema['type'];
  if (type === 'object' || (type === undefined && isSchema(schema['properties']))) return convertObject(schema, root, depth);
  if (type === 'array' || (type === undefined && schema['items'] !== undefined)) return convertArray(schema, root, depth);
  if (type === 'string') return convertString(schema);
  return isSimple(type) ? { type } : anything();
}

function convertObject(schema: Schema, root: Schema, depth: number): GbnfJsonSchema {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const additional = schema['additionalProperties'];
  const isOpen = Object.keys(properties).length === 0 && additional !== false;
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, convert(one, root, depth + 1)])),
    ...(isOpen || isSchema(additional) ? { additionalProperties: isSchema(additional) ? convert(additional, root, depth + 1) : true } : {}),
  };
}

function convertArray(schema: Schema, root: Schema, depth: number): GbnfJsonSchema {
  return {
    type: 'array',
    items: convert(schema['items'] ?? {}, root, depth + 1),
    ...(typeof schema['minItems'] === 'number' ? { minItems: schema['minItems'] } : {}),
    ...(typeof schema['maxItems'] === 'number' ? { maxItems: schema['maxItems'] } : {}),
  };
}

function convertString(schema: Schema): GbnfJsonSchema {
  const { format } = schema;
  if (isStringFormat(format)) return { type: 'string', format };
  return {
    type: 'string',
    ...(typeof schema['minLength'] === 'number' ? { minLength: schema['minLength'] } : {}),
    ...(typeof schema['maxLength'] === 'number' ? { maxLength: schema['maxLength'] } : {}),
  };
}

/** Any JSON value, three levels deep: the grammar has no word for it. */
function anything(): GbnfJsonSchema {
  const simple = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }] as const;
  const inner = { oneOf: simple } as const;
  return { oneOf: [...simple, { type: 'object', additionalProperties: inner }, { type: 'array', items: inner }] };
}

/** Follows references within the document, at most a few in a row. */
function follow(schema: Schema, root: Schema): Schema {
  let current = schema;
  for (let step = 0; step < MAX_DEPTH && typeof current['$ref'] === 'string'; step += 1) {
    const target = current['$ref'].split('/').slice(1).reduce<unknown>((at, key) => (isSchema(at) ? at[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined), root);
    if (!isSchema(target)) return {};
    current = target;
  }
  return current;
}

function mergeAll(schemas: readonly unknown[], root: Schema): Schema {
  const parts = schemas.filter(isSchema).map((part) => follow(part, root));
  const { allOf: _allOf, ...merged } = parts.reduce<Schema>((all, part) => ({ ...all, ...part }), {});
  const properties = parts.reduce<Schema>((all, part) => ({ ...all, ...isSchema(part['properties']) ? part['properties'] : {} }), {});
  return { ...merged, ...(Object.keys(properties).length > 0 ? { properties } : {}) };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLiteral(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isSimple(type: unknown): type is 'string' | 'number' | 'integer' | 'boolean' | 'null' {
  return typeof type === 'string' && simpleTypes.has(type);
}

function isStringFormat(format: unknown): format is 'date-time' | 'time' | 'date' {
  return typeof format === 'string' && stringFormats.has(format);
}
