import { expect, test } from 'vitest';
import { chooseBase, toSnippets } from './snippets.ts';

const facts = { base: 'http://127.0.0.1:8337', model: 'owner/name:Q4_K_M', key: 'whk_x', contextTokens: 32_768, canInfill: false };
const textsOf = (canInfill = false) => Object.fromEntries(toSnippets({ ...facts, canInfill }).map(({ id, blocks }) => [id, blocks.map(({ text }) => text).join('\n\n')]));

test('every snippet names the address, and every one but the address-only ones the model', () => {
  const texts = Object.entries(textsOf());

  expect(texts.filter(([, text]) => !text.includes('http://127.0.0.1:8337')).map(([id]) => id)).toEqual([]);
  expect(texts.filter(([, text]) => !text.includes('owner/name:Q4_K_M')).map(([id]) => id)).toEqual(['open-webui']);
});

test('only a model that can fill in is offered for completion in the editor', () => {
  expect([textsOf(false)['continue']?.includes('autocomplete'), textsOf(true)['continue']?.includes('autocomplete')]).toEqual([false, true]);
});

test.each([
  ['http:', 'workstation.lan', 'http://workstation.lan:8337'],
  ['https:', '192.168.1.20', 'https://192.168.1.20:8337'],
  ['http:', 'localhost', 'http://127.0.0.1:8337'],
  ['http:', '127.0.0.1', 'http://127.0.0.1:8337'],
  ['file:', '', 'http://127.0.0.1:8337'],
  ['app:', 'wheelhouse', 'http://127.0.0.1:8337'],
])('in a window from %s//%s clients are sent to %s', (protocol, hostname, base) => {
  expect(chooseBase({ protocol, hostname, origin: `${protocol}//${hostname}:8337` }, 'http://127.0.0.1:8337')).toBe(base);
});
