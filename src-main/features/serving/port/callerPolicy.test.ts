import { expect, test } from 'vitest';
import { apiKeyId, apiKeySettings } from '#contract/apiKeys.ts';
import type { KeyCheck } from '../keys/apiKeyService.ts';
import { decideCaller, type CallerFacts } from './callerPolicy.ts';

const stranger: CallerFacts = { isOwner: false, isLoopbackPeer: false, isForwarded: false, isCrossSite: false, isLoopbackOpen: true, secret: null };
const local = { isLoopbackPeer: true };
const known: KeyCheck = { kind: 'known', key: { id: apiKeyId.parse('key_1'), digest: '', hint: '', settings: apiKeySettings.parse({ name: 'mine' }), createdAtMs: 0, revokedAtMs: null } };
const check = (secret: string): KeyCheck => (secret === 'whk_good' ? known : { kind: 'unknown' });

test.each<[string, Partial<CallerFacts>, string]>([
  ['the owner', { isOwner: true }, 'Wheelhouse'],
  ['somebody of this machine', local, 'loopback'],
  ['an SDK of this machine with any key', { ...local, secret: 'sk-none' }, 'loopback'],
  ['a key of ours', { secret: 'whk_good' }, 'mine'],
  ['a key of ours on this machine', { ...local, secret: 'whk_good' }, 'mine'],
  ['a wrong key of ours on this machine', { ...local, secret: 'whk_bad' }, 'unknown'],
  ['somebody elsewhere', {}, 'missing'],
  ['a proxy of this machine', { ...local, isForwarded: true }, 'missing'],
  ['a page of another site', { ...local, isCrossSite: true }, 'missing'],
  ['somebody of this machine where keys are needed', { ...local, isLoopbackOpen: false }, 'missing'],
  ['any other key from elsewhere', { secret: 'sk-none' }, 'unknown'],
])('%s', (_name, facts, expected) => {
  const decision = decideCaller({ ...stranger, ...facts }, check, 'whk_');

  expect(decision.kind === 'caller' ? decision.caller.keyName : decision.reason).toBe(expected);
});
