import { expect, test } from 'vitest';
import { aConfig } from '../../../../../test/fakes/serving/aModel.ts';
import { prepareBody } from './prepareBody.ts';

const older = { max_tokens: 9 };
const newer = { max_completion_tokens: 9 };
const messages = [{ role: 'user', content: 'hi' }];

test.each([
  { what: 'another machine', baseUrl: 'http://127.0.0.1:11434/v1', asked: older, expected: older },
  { what: 'another machine, whose client knows it', baseUrl: 'http://127.0.0.1:11434/v1', asked: newer, expected: newer },
  { what: 'another machine, where nothing was asked', baseUrl: 'http://127.0.0.1:11434/v1', asked: {}, expected: { max_tokens: 7 } },
  { what: 'OpenAI', baseUrl: 'https://api.openai.com/v1', asked: older, expected: newer },
  { what: 'OpenAI, where nothing was asked', baseUrl: 'https://api.openai.com/v1', asked: {}, expected: { max_completion_tokens: 7 } },
  { what: 'Azure', baseUrl: 'https://me.openai.azure.com/openai/v1', asked: older, expected: newer },
  { what: 'Azure under its other name', baseUrl: 'https://me.services.ai.azure.com/openai/v1', asked: older, expected: newer },
  { what: 'who is only called like it', baseUrl: 'https://api.openai.com.x.test/v1', asked: older, expected: older },
  { what: 'who is asked both ways', baseUrl: 'https://x.test/v1', asked: { ...older, max_completion_tokens: 5 }, expected: older },
  { what: 'an engine of this machine', baseUrl: null, asked: newer, expected: older },
])('a limit has the name that is known to $what', ({ baseUrl, asked, expected }) => {
  const config = aConfig('m', { ...(baseUrl !== null && { engine: 'external', external: { baseUrl, keyVariable: null, model: null } }), sampling: { temperature: null, topP: null, topK: null, minP: null, repeatPenalty: null, maxTokens: 7, seed: null } });

  expect(prepareBody('chat', { messages, ...asked }, config)).toEqual({ messages, ...expected });
});

test('a text has its limit by the older name everywhere', () => {
  const config = aConfig('m', { engine: 'external', external: { baseUrl: 'https://api.openai.com/v1', keyVariable: null, model: null } });

  expect(prepareBody('text', { prompt: 'a', ...newer }, config)).toEqual({ prompt: 'a', ...older });
});
