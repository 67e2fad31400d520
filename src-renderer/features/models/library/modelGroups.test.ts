import { describe, expect, test } from 'vitest';
import { aVersion } from '../aVersion.ts';
import { groupVersions } from './modelGroups.ts';

const versions = [
  aVersion({ id: 'v1', reference: 'qwen:Q8_0', family: 'qwen2', capabilities: ['chat', 'tools'] }),
  aVersion({ id: 'v2', reference: 'qwen:Q4_K_M', family: 'qwen2', roles: ['coder'] }),
  aVersion({ id: 'v3', reference: 'bge:F16', family: 'bert', capabilities: ['embeddings'] }),
];
const shape = (filter: string): unknown => groupVersions(versions, filter).map(({ key, rows }) => [key, ...rows.map(({ reference }) => reference)]);

describe('the table of models', () => {
  test('groups by family, both in the order of their names', () => {
    expect(shape('')).toEqual([['bert', 'bge:F16'], ['qwen2', 'qwen:Q4_K_M', 'qwen:Q8_0']]);
  });

  test.each([['embeddings', [['bert', 'bge:F16']]], ['qwen coder', [['qwen2', 'qwen:Q4_K_M']]], ['TOOLS', [['qwen2', 'qwen:Q8_0']]], ['nothing', []]])('the filter "%s" finds by names, roles and capabilities', (filter, found) => {
    expect(shape(filter)).toEqual(found);
  });
});
