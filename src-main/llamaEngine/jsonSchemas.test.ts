import { expect, test } from 'vitest';
import { toGrammarSchema } from './jsonSchemas.ts';

test.for([
  [{ type: 'string', minLength: 1, pattern: '^a' }, { type: 'string', minLength: 1, pattern: '^a' }],
  [{ type: ['string', 'null'] }, { oneOf: [{ type: 'string' }, { type: 'null' }] }],
  [{ anyOf: [{ type: 'integer' }, { const: 'all' }] }, { oneOf: [{ type: 'integer' }, { const: 'all' }] }],
  [{ $ref: '#/$defs/a', $defs: { a: { enum: ['x', 1] } } }, { enum: ['x', 1] }],
  [{ allOf: [{ type: 'object', properties: { a: { type: 'number' } } }, { properties: { b: { type: 'boolean' } } }] }, { type: 'object', properties: { a: { type: 'number' }, b: { type: 'boolean' } } }],
  [{ type: 'array', items: { type: 'string', format: 'date' }, maxItems: 3 }, { type: 'array', items: { type: 'string', format: 'date' }, maxItems: 3 }],
  [{ type: 'object', additionalProperties: { type: 'number' } }, { type: 'object', properties: {}, additionalProperties: { type: 'number' } }],
] as const)('%j is told to the grammar as %j', ([schema, expected]) => {
  expect(toGrammarSchema(schema)).toEqual(expected);
});

test('a schema that holds itself comes to an end', () => {
  const schema = { $ref: '#/$defs/node', $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } } };

  expect(JSON.stringify(toGrammarSchema(schema)).length).toBeLessThan(10_000);
});
