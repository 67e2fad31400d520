import { expect, test } from 'vitest';
import { toSnippets } from './snippets.ts';

test('every snippet names the address, and every one but the address-only ones the model', () => {
  const snippets = toSnippets({ base: 'http://127.0.0.1:8337', model: 'owner/name:Q4_K_M', key: 'whk_x' });

  expect(snippets.filter(({ text }) => !text.includes('http://127.0.0.1:8337')).map(({ id }) => id)).toEqual([]);
  expect(snippets.filter(({ text }) => !text.includes('owner/name:Q4_K_M')).map(({ id }) => id)).toEqual(['open-webui']);
});

test('the curl line carries a body that is JSON', () => {
  const [curl] = toSnippets({ base: 'http://h', model: 'm', key: 'k' });

  expect(JSON.parse(/-d '(.*)'/.exec(curl?.text ?? '')?.[1] ?? '')).toMatchObject({ model: 'm' });
});
