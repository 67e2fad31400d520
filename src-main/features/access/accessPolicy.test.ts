import { expect, test } from 'vitest';
import { decideAccess, hostsOf, type RequestFacts } from './accessPolicy.ts';

const hosts = hostsOf({ address: '127.0.0.1', port: 8337, allowed: ['box.lan'] });
const window: RequestFacts = { isLocalSocket: false, host: '127.0.0.1:8337', origin: 'http://127.0.0.1:8337', hasSession: true, hasToken: false, isUpgrade: true };
const allow = { kind: 'allow' };

test.each<[string, Partial<RequestFacts>, unknown]>([
  ['the window itself', {}, allow],
  ['a script with a token and no Origin', { origin: undefined, hasSession: false, hasToken: true, isUpgrade: false }, allow],
  ['a navigation with a session', { origin: undefined, isUpgrade: false }, allow],
  ['a name the user allows', { host: 'BOX.lan:8337', origin: 'https://box.lan:8337' }, allow],
  ['IPv6 loopback', { host: '[::1]:8337', origin: 'http://[::1]:8337' }, allow],
  ['the command line over the local socket', { isLocalSocket: true, host: undefined, origin: undefined, hasSession: false }, allow],
  ['a page that reached the local socket', { isLocalSocket: true, origin: 'http://evil.test' }, { kind: 'refuse', reason: 'origin' }],
  ['a rebound name', { host: 'evil.test:8337', origin: 'http://evil.test:8337' }, { kind: 'refuse', reason: 'host' }],
  ['another port', { host: '127.0.0.1:19001' }, { kind: 'refuse', reason: 'host' }],
  ['no Host', { host: undefined }, { kind: 'refuse', reason: 'host' }],
  ['an instance page on its own port', { origin: 'http://127.0.0.1:19001' }, { kind: 'refuse', reason: 'origin' }],
  ['a foreign page with a stolen token', { origin: 'http://evil.test', hasToken: true }, { kind: 'refuse', reason: 'origin' }],
  ['a sandboxed page', { origin: 'null' }, { kind: 'refuse', reason: 'origin' }],
  ['a socket with a session but no Origin', { origin: undefined }, { kind: 'refuse', reason: 'origin' }],
  ['nothing in hand', { hasSession: false }, { kind: 'refuse', reason: 'token' }],
])('%s', (_name, change, decision) => {
  expect(decideAccess({ ...window, ...change }, hosts)).toEqual(decision);
});
