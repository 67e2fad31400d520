export { AccessService, SESSION_COOKIE, SESSION_MS } from './accessService.ts';
export { decideAccess, hostsOf } from './accessPolicy.ts';
