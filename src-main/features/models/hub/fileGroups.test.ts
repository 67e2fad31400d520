import { expect, test } from 'vitest';
import type { HubFile } from '../../../platform/hub/hub.ts';
import { groupHubFiles } from './fileGroups.ts';
import { bitsOfQuant, isThreeBitOrMore } from './quantLabels.ts';

const file = (path: string, sizeBytes = 10): HubFile => ({ path, sizeBytes, sha256: null, gitOid: 'x', xetHash: null });

function summaryOf(paths: readonly string[]): { groups: string[]; others: string[] } {
  const { groups, others } = groupHubFiles(paths.map((path) => file(path)));
  return { groups: groups.map(({ kind, label, files }) => `${kind} ${label}: ${files.map(({ path }) => path).join(' ')}`), others: others.map(({ path }) => path) };
}

test.for<[string, string]>([
  ['Qwen2.5-7B-Instruct-Q4_K_M', 'Q4_K_M'], ['model.q4_0', 'Q4_0'], ['gemma-3-4b-it-UD-Q4_K_XL', 'UD-Q4_K_XL'], ['llama-IQ2_XXS', 'IQ2_XXS'], ['tiny-bf16', 'BF16'],
  ['gpt-oss-20b-MXFP4', 'MXFP4'], ['tiny-fp16', 'F16'], ['TinyLlama-1.1B', 'TinyLlama-1.1B'], ['model-Q6_K_L', 'Q6_K_L'], ['old-Q4_0_4_4', 'Q4_0_4_4'],
])('%s is pulled as %s', ([name, label]) => {
  expect(groupHubFiles([file(`${name}.gguf`)]).groups.map((group) => group.label)).toEqual([label]);
});

test('labels know their bits, and the class that their name stands for', () => {
  expect([bitsOfQuant('UD-Q4_K_XL'), bitsOfQuant('Q8_0'), bitsOfQuant('ODD')]).toEqual([5.05, 8.5, null]);
  expect(['Q2_K', 'IQ2_M', 'UD-IQ1_S', 'IQ3_XXS', 'Q4_K_M', 'F16', 'MXFP4'].map(isThreeBitOrMore)).toEqual([false, false, false, true, true, true, true]);
});

test('shards are one group in order, with the quantisation of the name or of the folder', () => {
  expect(summaryOf(['BF16/big-00002-of-00002.gguf', 'BF16/big-00001-of-00002.gguf', 'Q4_K_M/big-Q4_K_M-00001-of-00001.gguf', 'big-Q8_0.gguf'])).toEqual({
    groups: ['gguf BF16: BF16/big-00001-of-00002.gguf BF16/big-00002-of-00002.gguf', 'gguf Q4_K_M: Q4_K_M/big-Q4_K_M-00001-of-00001.gguf', 'gguf Q8_0: big-Q8_0.gguf'], others: [],
  });
});

test('a group whose shard is missing, and an importance matrix, are no models', () => {
  expect(summaryOf(['big-Q8_0-00001-of-00003.gguf', 'big-Q8_0-00003-of-00003.gguf', 'imatrix_unsloth.gguf', 'big-Q4_0.gguf'])).toEqual({
    groups: ['gguf Q4_0: big-Q4_0.gguf'], others: ['big-Q8_0-00001-of-00003.gguf', 'big-Q8_0-00003-of-00003.gguf', 'imatrix_unsloth.gguf'],
  });
});

test('two models of one quantisation in one repository keep their names', () => {
  expect(summaryOf(['a/one-Q4_0.gguf', 'b/two-Q4_0.gguf', 'plain.gguf']).groups).toEqual(['gguf one-Q4_0: a/one-Q4_0.gguf', 'gguf two-Q4_0: b/two-Q4_0.gguf', 'gguf plain: plain.gguf']);
});

test('a projector stands apart, after the models', () => {
  expect(summaryOf(['mmproj-model-f16.gguf', 'vision-Q4_K_M.gguf']).groups).toEqual(['gguf Q4_K_M: vision-Q4_K_M.gguf', 'mmproj mmproj-F16: mmproj-model-f16.gguf']);
});

test('safetensors are pulled whole with settings and tokenizer, without a second layout and without pictures', () => {
  expect(summaryOf(['config.json', 'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'consolidated.safetensors', 'tokenizer.model', 'chat_template.jinja', 'logo.png', 'pytorch_model.bin', 'training_args.bin', 'README.md'])).toEqual({
    groups: [
      'safetensors safetensors: model-00001-of-00002.safetensors model-00002-of-00002.safetensors config.json tokenizer.model chat_template.jinja',
      'pickle pickle: pytorch_model.bin config.json tokenizer.model chat_template.jinja',
    ],
    others: ['consolidated.safetensors', 'logo.png', 'training_args.bin', 'README.md'],
  });
});

test('each ONNX graph is a choice with its own data', () => {
  expect(summaryOf(['onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model_q4.onnx', 'config.json']).groups).toEqual(['onnx onnx/model: onnx/model.onnx onnx/model.onnx_data config.json', 'onnx onnx/model_q4: onnx/model_q4.onnx config.json']);
});
