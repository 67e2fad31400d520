import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import { toCaller, toProgram } from './requestWords.ts';

const t = ((key: string) => key) as TFunction;

test.each([
  ['laptop', 'OpenAI/Python 2.1.0', 'laptop', 'OpenAI/Python'],
  ['loopback', 'curl/8.5.0', 'serving.thisMachine', 'curl/8.5.0'],
  [null, '', 'serving.thisMachine', null],
  ['Wheelhouse', 'Mozilla/5.0 (X11; Linux x86_64)', 'Wheelhouse', 'serving.browser'],
])('who %s is and what %s is are told', (keyName, client, caller, program) => { expect([toCaller(keyName, t), toProgram(client, t)]).toEqual([caller, program]); });
