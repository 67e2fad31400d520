export { AccessService, SESSION_COOKIE, SESSION_MS } from './accessService.ts';
export { decideAccess, hostsOf, type AccessDecision } from './accessPolicy.ts';
