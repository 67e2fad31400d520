import { expect, test } from 'vitest';
import type { GgufHeader, GgufValue } from './ggufHeader.ts';
import { toGgufModel } from './ggufModel.ts';

test('names that would fill every list are cut, a chat template is not', () => {
  const long = 'x'.repeat(1_000_000);
  const keys = ['general.name', 'general.license', 'general.architecture', 'general.base_model.0.name', 'tokenizer.chat_template'];
  const header: GgufHeader = {
    version: 3, tensorCount: 0, tensorTypes: new Map(), parameterCount: 0, hasClassifier: false, headerBytes: 0,
    metadata: new Map<string, GgufValue>([...keys.map((key) => [key, { kind: 'scalar', value: long }] as const), ['general.base_model.count', { kind: 'scalar', value: 1 }] as const]),
  };

  const { name, licence, architecture, parents, chatTemplate } = toGgufModel(header);

  for (const text of [name, licence, architecture, parents[0]?.name]) expect(text).toHaveLength(500);
  expect(chatTemplate).toHaveLength(long.length);
});
