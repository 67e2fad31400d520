/** What becomes of an address that a page wants to go to. */
export type LinkDecision = { kind: 'own' } | { kind: 'external'; url: string } | { kind: 'refused' };

/**
 * Decides on a link: the window's own pages stay; http and https go to the user's browser, an instance's page too;
 * anything else (files, scripts, other programs' schemes) and addresses that carry credentials are refused.
 */
export function decideLink(address: string, ownOrigin: string): LinkDecision {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url) return { kind: 'refused' };
  if (`${url.protocol}//${url.host}` === ownOrigin) return { kind: 'own' };
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.username === '' && url.password === '' ? { kind: 'external', url: url.href } : { kind: 'refused' };
}

/** Permissions that the window's own page gets; all others are refused. */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'clipboard-read']);

/** Whether a page may have a permission: only ours, and only to copy and, for a terminal's menu, to paste. */
export function isPermissionAllowed(permission: string, origin: string, ownOrigin: string): boolean {
  return ALLOWED_PERMISSIONS.has(permission) && origin.replace(/\/$/, '') === ownOrigin;
}
