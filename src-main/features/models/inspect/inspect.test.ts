import { expect, test } from 'vitest';
import { decideCapabilities } from './capabilityPolicy.ts';
import { toContentSha256 } from './contentHash.ts';
import { groupFiles, hasAllParts } from './fileGroups.ts';
import { readNameOfFile, readQuantisation } from './nameFacts.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path, sizeBytes: 1, modifiedAtMs: 1 }));
const aHeader = { kind: 'model', purpose: 'text', chatTemplate: null, hasInfill: false, hasVision: false } as const;

test.each([
  ['a text model without a template', aHeader, false, ['completion']],
  ['one with a template', { ...aHeader, chatTemplate: '{{ messages }}' }, false, ['chat', 'completion']],
  ['one whose template knows tools', { ...aHeader, chatTemplate: '{% if tools %}' }, false, ['chat', 'completion', 'tools']],
  ['one that thinks', { ...aHeader, chatTemplate: '<think>' }, false, ['chat', 'completion', 'thinking']],
  ['one with a projector beside it', aHeader, true, ['completion', 'vision']],
  ['one that fills gaps', { ...aHeader, hasInfill: true }, false, ['completion', 'infill']],
  ['an embedding model', { ...aHeader, purpose: 'embeddings' }, false, ['embeddings']],
  ['a reranker', { ...aHeader, purpose: 'rerank', chatTemplate: 'x' }, false, ['rerank']],
  ['an adapter', { ...aHeader, kind: 'adapter' }, false, []],
  ['a projector', { ...aHeader, kind: 'mmproj' }, true, []],
] as const)('%s can %s', (_what, header, hasMmproj, capabilities) => {
  expect(decideCapabilities(header, { hasMmproj })).toEqual(capabilities);
});

test.each([
  ['llama-3.2-1b-instruct-Q4_K_M.gguf', 'Q4_K_M', 'llama-3.2-1b-instruct'], ['Model.IQ3_XXS.gguf', 'IQ3_XXS', 'Model'], ['x-UD-Q4_K_XL-00001-of-00002.gguf', 'UD-Q4_K_XL', 'x'],
  ['qwen-fp16.gguf', 'F16', 'qwen'], ['plain.gguf', null, 'plain'],
])('%s tells %s', (path, quantisation, name) => {
  expect(readQuantisation(path)).toBe(quantisation);
  expect(readNameOfFile(path)).toBe(name);
});

test('files become versions: GGUF parts together with their projector, folders of safetensors whole, pickles only where nothing better is', () => {
  const groups = groupFiles(files(
    '/m/a/x-Q4_0-00001-of-00002.gguf', '/m/a/x-Q4_0-00002-of-00002.gguf', '/m/a/x-Q8_0.gguf', '/m/a/mmproj-x.gguf', '/m/a/README.md',
    '/m/b/model-00001-of-00002.safetensors', '/m/b/model-00002-of-00002.safetensors', '/m/b/config.json', '/m/b/tokenizer.json', '/m/b/pytorch_model.bin',
    '/m/c/one.pt', '/m/c/two.ckpt', '/m/d/adapter_model.safetensors', '/m/d/adapter_config.json', '/m/e/notes.txt',
  ));

  expect(groups.map(({ format, files: inside }) => [format, inside.map(({ path, role }) => `${role} ${path.slice(3)}`)])).toEqual([
    ['gguf', ['weights a/x-Q4_0-00001-of-00002.gguf', 'weights a/x-Q4_0-00002-of-00002.gguf', 'mmproj a/mmproj-x.gguf']],
    ['gguf', ['weights a/x-Q8_0.gguf', 'mmproj a/mmproj-x.gguf']],
    ['safetensors', ['weights b/model-00001-of-00002.safetensors', 'weights b/model-00002-of-00002.safetensors', 'config b/config.json', 'tokenizer b/tokenizer.json']],
    ['pickle', ['weights c/one.pt']], ['pickle', ['weights c/two.ckpt']],
    ['safetensors', ['adapter d/adapter_model.safetensors', 'config d/adapter_config.json']],
  ]);
});

test('a missing part is noticed', () => {
  const [whole] = groupFiles(files('/m/x-00001-of-00002.gguf', '/m/x-00002-of-00002.gguf'));
  const [part] = groupFiles(files('/m/x-00001-of-00002.gguf'));

  expect([whole && hasAllParts(whole), part && hasAllParts(part)]).toEqual([true, false]);
});

test('content is what the weights hash to, in whatever company', () => {
  const weights = { role: 'weights', sha256: 'a' } as const;

  expect(toContentSha256([weights, { role: 'config', sha256: null }])).toBe('a');
  expect(toContentSha256([weights, { role: 'weights', sha256: null }])).toBeNull();
  expect(toContentSha256([weights, { role: 'weights', sha256: 'b' }])).toMatch(/^[0-9a-f]{64}$/);
});
