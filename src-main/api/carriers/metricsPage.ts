import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers a scrape. The text is made afresh each time. */
export type ServeMetrics = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Serves `/metrics`; whoever calls it has decided that the caller may read it. */
export function serveMetrics(readMetrics: () => Promise<string>): ServeMetrics {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-length': '0' });
      response.end();
      return;
    }
    const body = Buffer.from(await readMetrics(), 'utf8');
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store', 'content-length': String(body.byteLength) });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}
