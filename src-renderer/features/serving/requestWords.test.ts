import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import { toCaller, toEndWords, toProgram } from './requestWords.ts';

const t = ((key: string) => key) as TFunction;

test.each([
  ['laptop', 'OpenAI/Python 2.1.0', 'laptop', 'OpenAI/Python'],
  ['loopback', 'curl/8.5.0', 'serving.thisMachine', 'curl/8.5.0'],
  [null, '', 'serving.thisMachine', null],
  ['Wheelhouse', 'Mozilla/5.0 (X11; Linux x86_64)', 'Wheelhouse', 'serving.browser'],
])('who %s is and what %s is are told', (keyName, client, caller, program) => { expect([toCaller(keyName, t), toProgram(client, t)]).toEqual([caller, program]); });

test.each<[Parameters<typeof toEndWords>[0], string | null]>([
  [{ state: 'failed', error: { code: 'load_failed', message: 'it broke' } }, 'it broke'],
  [{ state: 'cancelled', error: { code: 'client_gone', message: 'gone' } }, 'serving.stoppedBy.client_gone'],
  [{ state: 'cancelled', error: null }, null],
  [{ state: 'done', error: null }, null],
])('a request that ended says why: %j', (request, words) => { expect(toEndWords(request, t)).toBe(words); });
