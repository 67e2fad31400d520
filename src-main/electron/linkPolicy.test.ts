import { expect, test } from 'vitest';
import { decideLink, isPermissionAllowed } from './linkPolicy.ts';

const OWN = 'app://wheelhouse';

test.each([
  ['app://wheelhouse/index.html', { kind: 'own' }],
  ['app://other/index.html', { kind: 'refused' }],
  ['https://example.test/a?b#c', { kind: 'external', url: 'https://example.test/a?b#c' }],
  ['http://127.0.0.1:19001/lab', { kind: 'external', url: 'http://127.0.0.1:19001/lab' }],
  ['http://lab.localhost:8337/', { kind: 'external', url: 'http://lab.localhost:8337/' }],
  ['https://user:secret@example.test/', { kind: 'refused' }],
  ['file:///etc/passwd', { kind: 'refused' }],
  ['javascript:alert(1)', { kind: 'refused' }],
  ['vscode://open', { kind: 'refused' }],
  ['not an address', { kind: 'refused' }],
])('a link to %s is decided', (address, decision) => {
  expect(decideLink(address, OWN)).toEqual(decision);
});

test.each([
  ['clipboard-sanitized-write', 'app://wheelhouse/', true],
  ['clipboard-sanitized-write', 'https://example.test/', false],
  ['clipboard-read', 'app://wheelhouse', true],
  ['clipboard-read', 'http://127.0.0.1:19001', false],
  ['media', 'app://wheelhouse', false],
])('permission %s for %s: %s', (permission, origin, isAllowed) => {
  expect(isPermissionAllowed(permission, origin, OWN)).toBe(isAllowed);
});
