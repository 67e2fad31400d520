import { ORPCError } from '@orpc/client';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorCatalogue } from '#contract/errors.ts';
import { ConnectionLostError } from './connection.ts';
import { toProblem } from './problems.ts';
import words from '../../resources/locales/en/errors.json' with { type: 'json' };

type Words = { [key: string]: Words | string };

function readWords(key: string): string | undefined {
  const found = key.split('.').slice(1).reduce<Words | string | undefined>((part, name) => (typeof part === 'object' ? part[name] : undefined), words);
  return typeof found === 'string' ? found : undefined;
}

const t = (key: string, values: Record<string, string | number>): string =>
  (readWords(key) ?? `[${key}]`).replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? `[${name}]`));

const samples: { [C in keyof typeof errorCatalogue]: object } = {
  internal: { reference: 'r1' }, bad_input: { issues: ['x'] }, unauthorized: {}, forbidden: { reason: 'host' },
  'database.read_only': { schemaVersion: 9, supportedVersion: 3 }, 'host.unsupported': { capability: 'reveal' },
  'setting.unknown': { key: 'k' }, 'setting.invalid': { key: 'k', issues: ['i'] }, 'setting.fixed_by_environment': { key: 'k', variable: 'WHEELHOUSE_K' },
  'blueprint.not_found': { blueprintId: 'b' }, 'blueprint.invalid': { problems: [{ file: 'a.sh', line: 3, message: 'm' }] }, 'blueprint.unparsed': { blueprintId: 'b' },
  'blueprint.read_only': { blueprintId: 'b' }, 'blueprint.conflict': { blueprintId: 'b', sha256: 's' }, 'blueprint.in_use': { blueprintId: 'b', instanceNames: ['one', 'two'] },
  'instance.not_found': { instance: 'i' }, 'instance.name_taken': { name: 'n', slug: 's' }, 'instance.name_invalid': { name: 'n', reason: 'empty' },
  'instance.busy': { instanceId: 'i', name: 'n', status: 'started' }, 'instance.folder_exists': { path: 'p' },
  'port.in_use': { port: 1, holderPid: 7, holderCommand: 'python3', holderInstance: null }, 'port.pool_empty': { from: 1, to: 2 },
  'run.not_found': { runId: 'r' }, 'terminal.not_found': { terminalId: 't' }, 'terminal.host_unavailable': { reason: 'gone' }, 'folder.not_writable': { path: 'p', reason: 'EACCES' },
  'model.not_found': { model: 'm' }, 'model.name_taken': { name: 'n', holder: 'h' }, 'model.role_not_found': { role: 'r' }, 'model.no_way_back': { role: 'r' }, 'model.in_use': { reference: 'm', users: ['coder'] },
  'model.unreadable': { path: 'p', reason: 'r' }, 'model.path_not_found': { path: 'p' }, 'model.pickle_refused': { path: 'p', findings: ['os.system'] }, 'disk.full': { path: 'p', neededBytes: 2, freeBytes: 1 },
  'hub.unreachable': { endpoint: 'e', reason: 'r' }, 'hub.not_found': { repo: 'o/n' }, 'hub.gated': { repo: 'o/n', state: 'needs_terms' }, 'hub.rate_limited': { retryAfterMs: 1_500 }, 'hub.protocol': { what: 'w' },
  'download.not_found': { downloadId: 'd' }, 'download.nothing_selected': { repo: 'o/n', wanted: 'Q4_K_M', labels: ['Q8_0'] },
  'config.not_found': { config: 'c' }, 'config.name_taken': { name: 'n' }, 'config.invalid': { field: 'f', reason: 'argument_taken', value: '--port' },
  'lease.insufficient_vram': { model: 'm', neededBytes: 2, freeBytes: 1, holders: ['lab'] }, 'serving.model_not_found': { model: 'm' }, 'serving.request_not_found': { requestId: 'r' },
  'serving.load_failed': { model: 'm', failure: 'crashed', detail: 'd' }, 'key.not_found': { key: 'k' }, 'key.name_taken': { name: 'n' },
  'conversation.not_found': { conversationId: 'c' }, 'conversation.busy': { conversationId: 'c' }, 'conversation.no_model': { model: null }, 'message.not_found': { messageId: 'm' },
};

/** Every one of several that a detail of a declared error can be. */
function listReasons(): [keyof typeof samples, string, string][] {
  return (Object.keys(errorCatalogue) as (keyof typeof samples)[]).flatMap((code) => Object.entries(errorCatalogue[code].shape as Record<string, unknown>)
    .flatMap(([field, type]) => (type instanceof z.ZodEnum ? type.options.map((reason): [keyof typeof samples, string, string] => [code, field, String(reason)]) : [])));
}

describe('the words of an error', () => {
  test.each(Object.entries(samples))('%s says what happened, with every number in its place', (code, data) => {
    const problem = toProblem(new ORPCError(code, { defined: true, data }), t);

    expect(problem.code).toBe(code);
    expect(`${problem.sentence} ${problem.why ?? ''}`).not.toMatch(/[[\]]/);
  });

  test.each(listReasons())('%s has words for the %s %s', (code, field, reason) => {
    const { sentence, why } = toProblem(new ORPCError(code, { defined: true, data: { ...samples[code], [field]: reason } }), t);

    expect(`${sentence} ${why ?? ''}`).not.toMatch(/[[\]]/);
  });

  test('a port names who holds it', () => {
    const why = (holder: object): string | null => toProblem(new ORPCError('port.in_use', { data: { port: 19_001, holderPid: null, holderCommand: null, holderInstance: null, ...holder } }), t).why;

    expect([why({ holderInstance: 'lab' }), why({ holderPid: 7, holderCommand: 'python3' }), why({})])
      .toEqual(['lab listens on it.', 'python3 (7) listens on it.', 'Another program listens on it.']);
  });

  test('a lost connection and an unknown answer have words too', () => {
    expect([toProblem(new ConnectionLostError(), t).code, toProblem(new ORPCError('NOT_FOUND'), t).code, toProblem(new Error('x'), t).code])
      .toEqual(['connection.lost', 'unexpected', 'unexpected']);
  });
});
