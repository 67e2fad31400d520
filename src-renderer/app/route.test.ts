import { describe, expect, test } from 'vitest';
import { parseHash, toHash } from './route.ts';

describe('a hash route', () => {
  test.each([
    ['', { area: '', rest: [] }],
    ['#/instances', { area: 'instances', rest: [] }],
    ['#/settings/diagnostics', { area: 'settings', rest: ['diagnostics'] }],
    ['#/instances/a%2Fb', { area: 'instances', rest: ['a/b'] }],
    ['#/instances/100%', { area: 'instances', rest: ['100%'] }],
  ])('%s is read', (hash, route) => {
    expect(parseHash(hash)).toEqual(route);
  });

  test('what is written is read back', () => {
    expect(parseHash(toHash('instances', 'a/b %'))).toEqual({ area: 'instances', rest: ['a/b %'] });
  });
});
