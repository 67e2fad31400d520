import { expect, test } from 'vitest';
import { aMessage } from '../aMessage.ts';
import { countContextTokens, countLettersPerToken, isNearlyFull } from './contextUse.ts';

test('a branch takes what its last answer read and wrote, and what is being written', () => {
  const told = aMessage({ id: 'a2', promptTokens: 100, completionTokens: 20 });

  expect(countContextTokens([aMessage({ id: 'a1', promptTokens: 40, completionTokens: 10 }), aMessage({ id: 'q', role: 'user' }), told])).toBe(120);
  expect(countContextTokens([told, aMessage({ id: 'q', role: 'user' }), aMessage({ id: 'a3', status: 'streaming', completionTokens: 5 })])).toBe(125);
  expect([countContextTokens([]), isNearlyFull(84, 100), isNearlyFull(85, 100), isNearlyFull(85, null)]).toEqual([0, false, true, false]);
});

test('a token has as many letters as in the answers so far, and four where they tell too little', () => {
  const told = aMessage({ id: 'a1', content: 'a'.repeat(150), thinking: 'a'.repeat(50), completionTokens: 80 });

  expect(countLettersPerToken([aMessage({ id: 'q', role: 'user', content: 'a'.repeat(900) }), told])).toBe(2.5);
  expect(countLettersPerToken([aMessage({ id: 'a2', content: 'Yes', completionTokens: 1 })])).toBe(4);
});
