import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

/**
 * What a page of ours may do: its own scripts, styles, fonts and connections, nothing else. Inline styles are allowed
 * because positioned lists and resizable panels set them; inline scripts are not.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "font-src 'self'", "img-src 'self' data:",
  "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

export type ServeFiles = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves the built window with its security headers. */
export function serveWindow(folder: string): ServeFiles {
  if (!existsSync(join(folder, 'index.html'))) return sayNotBuilt;
  const serve = sirv(folder, {
    // Looked up on each request: a window that is built anew is served by the backend that already runs.
    dev: true,
    etag: true,
    setHeaders: (response, pathname) => {
      setSecurityHeaders(response);
      response.setHeader('cache-control', pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store');
    },
  });
  return (request, response) => { serve(request, response, () => { sendText(response, 404, 'There is nothing here.'); }); };
}

export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  setSecurityHeaders(response);
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

function sayNotBuilt(_request: IncomingMessage, response: ServerResponse): void {
  sendText(response, 503, 'The window has not been built yet: run "npm run build", then reload.');
}
