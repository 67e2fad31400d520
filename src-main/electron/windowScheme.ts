import { readFile } from 'node:fs/promises';
import { extname, join, relative, isAbsolute } from 'node:path';
import { protocol } from 'electron';
import { CONTENT_SECURITY_POLICY } from '../api/carriers/windowFiles.ts';

const SCHEME = 'app';
export const WINDOW_ORIGIN = `${SCHEME}://wheelhouse`;
export const WINDOW_URL = `${WINDOW_ORIGIN}/index.html`;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2', '.map': 'application/json', '.wasm': 'application/wasm',
};

/** Tells Electron of the window's scheme; must be called before the app is ready. */
export function registerWindowScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

/** Serves the built window from its folder, and nothing outside it, with the policy on every answer. */
export function serveWindowScheme(folder: string): void {
  protocol.handle(SCHEME, (request) => answer(folder, request));
}

async function answer(folder: string, request: { url: string; method: string }): Promise<Response> {
  const path = request.method === 'GET' ? findFile(folder, request.url) : null;
  if (path === null) return respond('There is nothing here.', 404, 'text/plain');
  try {
    return respond(await readFile(path), 200, MEDIA_TYPES[extname(path)] ?? 'application/octet-stream');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) return respond('There is nothing here.', 404, 'text/plain');
    throw error;
  }
}

/** The file for an address of the window; null for another host or a path that leaves the folder. */
export function findFile(folder: string, address: string): string | null {
  const url = new URL(address);
  if (`${url.protocol}//${url.host}` !== WINDOW_ORIGIN) return null;
  const path = join(folder, decodePath(url.pathname));
  const inside = relative(folder, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? null : path;
}

/** Malformed escapes and NUL name no file. */
function decodePath(pathname: string): string {
  try {
    const path = decodeURIComponent(pathname);
    return path.includes('\0') ? '' : path;
  } catch (error) {
    if (error instanceof URIError) return '';
    throw error;
  }
}

function respond(body: Uint8Array<ArrayBuffer> | string, status: number, mediaType: string): Response {
  return new Response(body, {
    status,
    headers: { 'content-type': mediaType, 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff', 'cross-origin-opener-policy': 'same-origin' },
  });
}
