/** As in `/v1`, `/api/paas/v4` and `/v1beta/openai`. */
const VERSION = /\/v\d+[a-z\d]*(\/|$)/;

/** Whether an origin has a path that names a version, as base addresses of services do. */
export function namesVersion({ pathname }: URL): boolean {
  return VERSION.test(pathname);
}

/** The path of a request at an origin that may have one itself; one that names a version stands for `/v1`. */
export function joinPath(origin: URL, path: string): string {
  const prefix = origin.pathname.replace(/\/+$/, '');
  return namesVersion(origin) && path.startsWith('/v1/') ? `${prefix}${path.slice(3)}` : `${prefix}${path}`;
}
