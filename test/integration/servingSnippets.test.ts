import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSnippets } from '../../src-renderer/features/serving/connect/snippets.ts';

const yaml = createRequire(import.meta.url)('js-yaml') as { load: (text: string) => unknown };
const facts = { base: 'http://127.0.0.1:8337', model: 'owner/name:Q4_K_M', key: 'whk_x', contextTokens: 32_768, canInfill: true };
const snippets = toSnippets(facts);
const blockOf = (id: string, place: string): string => snippets.find((snippet) => snippet.id === id)?.blocks.find((block) => block.place === place)?.text ?? '';

let folder: string;

/** A program of that name that prints what it was given: its arguments, then its environment. */
function makeEcho(name: string): void {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\nprintf "%s\\n" "$@"\nenv\n');
  chmodSync(path, 0o755);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wh-snippets-'));
  for (const name of ['curl', 'aider', 'open-webui', 'claude', 'codex', 'ollama']) makeEcho(name);
});

afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe('what is pasted', () => {
  test.each([
    ['curl', ['http://127.0.0.1:8337/v1/chat/completions', 'Authorization: Bearer whk_x']],
    ['aider', ['--model', 'openai/owner/name:Q4_K_M', 'OPENAI_API_BASE=http://127.0.0.1:8337/v1', 'OPENAI_API_KEY=whk_x']],
    ['open-webui', ['serve', 'OPENAI_API_BASE_URL=http://127.0.0.1:8337/v1', 'OPENAI_API_KEY=whk_x']],
    ['claude', ['ANTHROPIC_BASE_URL=http://127.0.0.1:8337', 'ANTHROPIC_AUTH_TOKEN=whk_x', ...['MODEL', 'DEFAULT_OPUS_MODEL', 'DEFAULT_SONNET_MODEL', 'DEFAULT_HAIKU_MODEL'].map((name) => `ANTHROPIC_${name}=owner/name:Q4_K_M`)]],
    ['codex', ['WHEELHOUSE_KEY=whk_x']],
    ['ollama', ['run', 'owner/name:Q4_K_M', 'OLLAMA_HOST=http://127.0.0.1:8337']],
  ])('in a shell reaches %s', (id, wanted) => {
    const given = execFileSync('bash', ['--norc', '-c', blockOf(id, 'shell')], { env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: 'utf8' }).split('\n');

    expect(wanted.filter((line) => !given.includes(line))).toEqual([]);
  });

  test('as the body of a request is JSON', () => {
    const given = execFileSync('bash', ['--norc', '-c', blockOf('curl', 'shell')], { env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: 'utf8' }).split('\n');

    expect(JSON.parse(given.find((line) => line.startsWith('{')) ?? '')).toEqual({ model: facts.model, messages: [{ role: 'user', content: 'Hello' }] });
  });

  test('into Continue is a whole configuration, with completion as an entry of its own', () => {
    const entry = { provider: 'openai', model: facts.model, apiBase: 'http://127.0.0.1:8337/v1', apiKey: 'whk_x' };

    expect(yaml.load(blockOf('continue', 'continueConfig'))).toEqual({
      name: 'Wheelhouse', version: '1.0.0', schema: 'v1',
      models: [{ ...entry, name: facts.model, roles: ['chat', 'edit', 'apply'] }, { ...entry, name: `${facts.model} (completion)`, useLegacyCompletionsEndpoint: true, roles: ['autocomplete'] }],
    });
  });

  test('at the top of a TOML file opens no table, and the table stands by itself', () => {
    const assignment = /^\w+ = (?:"[^"\\]*"|\d+)$/;
    const [heading, ...rest] = blockOf('codex', 'codexTable').split('\n');

    expect(blockOf('codex', 'codexTop').split('\n')).toEqual(['model = "owner/name:Q4_K_M"', 'model_provider = "wheelhouse"', 'model_context_window = 32768']);
    expect([heading, rest.every((line) => assignment.test(line)), rest.includes('env_key = "WHEELHOUSE_KEY"')]).toEqual(['[model_providers.wheelhouse]', true, true]);
  });
});
