import type { ServerResponse } from 'node:http';
import { toErrorBody, toErrorHeaders, type Dialect } from './errorBodies.ts';
import type { JsonObject } from './json.ts';
import type { PortProblem } from './portError.ts';

/** Answers in one piece; does nothing when the client has gone or was answered. */
export function sendJson(response: ServerResponse, status: number, body: JsonObject | readonly unknown[], headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'content-length': String(Buffer.byteLength(text)), ...headers });
  response.end(text);
}

export function sendProblem(response: ServerResponse, problem: PortProblem, { dialect, requestId }: { dialect: Dialect; requestId: string }): void {
  sendJson(response, problem.status, toErrorBody(problem, dialect, requestId), { 'x-request-id': requestId, ...toErrorHeaders(problem) });
}
