import { expect, test } from 'vitest';
import { joinPath } from '../../../platform/http/joinPath.ts';
import { toOrigin } from './externalEngine.ts';

test.each([
  ['https://x.test', '/v1/models'], ['https://x.test/v1/', '/v1/models'], ['https://x.test/api/v1', '/api/v1/models'], ['https://x.test/v1beta/openai/', '/v1beta/openai/models'], ['https://x.test/api/paas/v4', '/api/paas/v4/models'],
  ['https://x.test/client/v4/accounts/a/ai/v1', '/client/v4/accounts/a/ai/v1/models'], ['https://x.test/v1/a/b/openai', '/v1/a/b/openai/models'],
])('%s lists its models at %s', (baseUrl, path) => {
  expect(joinPath(new URL(toOrigin(baseUrl)), '/v1/models')).toBe(path);
});

test('what is not of OpenAI\'s protocol stands beside /v1', () => {
  expect(joinPath(new URL(toOrigin('http://x.test:8000/v1')), '/tokenize')).toBe('/tokenize');
});
