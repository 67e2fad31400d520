import { expect, test } from 'vitest';
import { isSafePath, modelAnswer, toEntry, toRepo, treeRow, withoutFrontMatter } from './hubAnswers.ts';
import { toHubError } from './hubRefusal.ts';
import { planRetry, readRetryAfterMs, type AttemptEnd } from './retryPolicy.ts';
import { toSearchParams } from './searchParams.ts';

const status = (code: number, retryAfterMs: number | null = null): AttemptEnd => ({ kind: 'status', status: code, retryAfterMs });

test.for<[AttemptEnd, number, number | null]>([
  [{ kind: 'broken' }, 0, 250],
  [{ kind: 'broken' }, 2, 1_000],
  [{ kind: 'broken' }, 3, null],
  [status(503), 1, 500],
  [status(408), 0, 250],
  [status(404), 0, null],
  [status(429), 0, 250],
  [status(429, 2_000), 0, 2_000],
  [status(429, 0), 0, 0],
  [status(429, 300_000), 0, null],
  [status(503, 60_000), 0, null],
])('after %j and %i more tries the next comes in %s ms', ([end, retries, waitMs]) => {
  expect(planRetry(end, retries)).toBe(waitMs);
});

test.for<[Record<string, string>, number | null]>([
  [{}, null],
  [{ 'Retry-After': '55' }, 55_000],
  [{ 'Retry-After': 'Thu, 01 Jan 1970 00:00:10 GMT' }, 9_000],
  [{ RateLimit: '"api";r=0;t=172', 'RateLimit-Policy': '"fixed window";"api";q=500;w=300' }, 172_000],
  [{ RateLimit: '"api";r=499;t=172' }, null],
  [{ 'Retry-After': 'soon' }, null],
])('%j says to come back in %s ms', ([headers, ms]) => {
  expect(readRetryAfterMs(new Headers(headers), 1_000)).toBe(ms);
});

test.for<[number, string | null, boolean, string]>([
  [401, 'GatedRepo', false, 'hub.gated needs_token'],
  [401, 'GatedRepo', true, 'hub.gated token_refused'],
  [403, 'GatedRepo', true, 'hub.gated needs_terms'],
  [401, 'RepoNotFound', false, 'hub.not_found'],
  [404, 'RepoNotFound', true, 'hub.not_found'],
  [404, 'EntryNotFound', false, 'hub.not_found'],
  [404, null, false, 'hub.not_found'],
  [401, null, true, 'hub.gated token_refused'],
  [403, null, true, 'hub.gated token_refused'],
  [401, null, false, 'hub.gated needs_token'],
  [418, null, false, 'hub.protocol'],
])('%i %s with a token %s is %s', ([code, errorCode, hasToken, expected]) => {
  const error = toHubError({ status: code, code: errorCode, hasToken, repo: 'a/b', request: 'GET /x' });

  expect(['state' in error.details ? `${error.code} ${error.details.state}` : error.code]).toEqual([expected]);
});

test('a bare model has nothing but its name, and what is of the wrong type is left out', () => {
  const answer = modelAnswer.parse({ id: 'gpt2', downloads: 'many', tags: 7, gated: 'sometimes', safetensors: { total: 'x' }, lastModified: 5 });

  expect(toEntry(answer)).toEqual({ repo: 'gpt2', author: null, task: null, licence: null, tags: [], downloads: 0, likes: 0, updatedAtMs: null, gated: 'no', isPrivate: false, parameterCount: null });
  expect(toRepo(answer)).toBeNull();
});

test('base models come from the card and the tags, each once; the licence from either', () => {
  const answer = modelAnswer.parse({ id: 'a/b', sha: 'a'.repeat(40), tags: ['base_model:x/y', 'base_model:finetune:x/y'], cardData: { base_model: 'x/z', license: 'llama3' } });

  expect(toRepo(answer)).toMatchObject({ baseModels: ['x/z', 'x/y'], licence: 'llama3' });
});

test.for<[string, boolean]>([
  ['a'.repeat(40), true], ['0f'.repeat(32), true], ['', false], ['../../../../.bashrc', false], [`${'a'.repeat(40)}/../x`, false], ['A'.repeat(40), false],
])('the id %j of a file may name its bytes: %s', ([oid, isAllowed]) => {
  expect(treeRow.safeParse({ type: 'file', path: 'config.json', size: 1, oid }).success).toBe(isAllowed);
});

test.for<[string, boolean]>([
  ['model.gguf', true], ['a/b c/d.json', true], ['..', false], ['a/../b', false], ['/etc/passwd', false], ['a//b', false], ['./a', false], ['a\\..\\b', false], ['C:/x', false], ['a\nb', false], ['..a/b', true],
])('the name %j is safe: %s', ([path, isSafe]) => {
  expect(isSafePath(path)).toBe(isSafe);
});

test.for<[string, string]>([
  ['---\nlicense: mit\n---\n\n# Hi', '# Hi'],
  ['---\r\na: 1\r\n---\r\n# Hi', '# Hi'],
  ['# Hi\n---\nx\n---\n', '# Hi\n---\nx\n---\n'],
  ['---\n---', '---\n---'],
  ['', ''],
])('%j without its front matter is %j', ([text, body]) => {
  expect(withoutFrontMatter(text)).toBe(body);
});

test('a search sends only what was asked', () => {
  const params = toSearchParams({ text: ' qwen coder ', format: 'gguf', licence: 'mit', minParameters: 0.5e9, maxParameters: 8e9, sort: 'updated', limit: 20 });
  params.delete('expand');

  expect(params.toString()).toBe('limit=20&sort=lastModified&search=qwen+coder&filter=gguf&filter=license%3Amit&num_parameters=min%3A500M%2Cmax%3A8000M');
});
