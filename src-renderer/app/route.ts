import { useMemo, useSyncExternalStore } from 'react';

/** Where the window is: `#/instances/<id>` is the area `instances` with the rest `['<id>']`. */
export interface Route { area: string; rest: readonly string[] }

export function parseHash(hash: string): Route {
  const [area = '', ...rest] = hash.replace(/^#?\/?/, '').split('/').filter(Boolean).map(decodePart);
  return { area, rest };
}

function decodePart(part: string): string {
  return /%(?![0-9a-f]{2})/i.test(part) ? part : decodeURIComponent(part);
}

export function toHash(area: string, ...rest: readonly string[]): string {
  return `#/${[area, ...rest].map(encodeURIComponent).join('/')}`;
}

/** Goes to an area, and to something in it. */
export function navigate(area: string, ...rest: readonly string[]): void {
  window.location.hash = toHash(area, ...rest);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => { window.removeEventListener('hashchange', listener); };
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseHash(hash), [hash]);
}
