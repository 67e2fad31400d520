import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, SeenRequest } from './fakeRepo.ts';

/** One request on its way through the stand-in, and what is written down about it. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  faults: Fault[];
  seen: SeenRequest;
  /** `http://127.0.0.1:port` of the server that was asked. */
  origin: string;
}

export type Headers = Record<string, string | number>;

/** Answers with JSON as the hub does, with a length. */
export function sendJson({ request, response, seen }: Exchange, status: number, value: unknown, headers: Headers = {}): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length, ...headers });
  if (request.method === 'HEAD') { response.end(); return; }
  seen.bytesSent += body.length;
  response.end(body);
}

/** Sends the asker elsewhere; everything that is known of the file stands on this answer. */
export function sendRedirect({ response }: Exchange, status: 302 | 307, location: string, headers: Headers = {}): void {
  const body = `Found. Redirecting to ${location}`;
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body), Location: location, Vary: 'Origin, Accept', ...headers });
  response.end(body);
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
