import { expect, test } from 'vitest';
import { aMessage } from '../aMessage.ts';
import { countContextTokens, isNearlyFull } from './contextUse.ts';

test('a branch takes what its last answer read and wrote, and what is being written', () => {
  const told = aMessage({ id: 'a2', promptTokens: 100, completionTokens: 20 });

  expect(countContextTokens([aMessage({ id: 'a1', promptTokens: 40, completionTokens: 10 }), aMessage({ id: 'q', role: 'user' }), told])).toBe(120);
  expect(countContextTokens([told, aMessage({ id: 'q', role: 'user' }), aMessage({ id: 'a3', status: 'streaming', completionTokens: 5 })])).toBe(125);
  expect([countContextTokens([]), isNearlyFull(84, 100), isNearlyFull(85, 100), isNearlyFull(85, null)]).toEqual([0, false, true, false]);
});
