import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Exchange, Headers } from './exchange.ts';
import { withFlippedByte } from './fakeContent.ts';
import { faultOf } from './faultPlan.ts';
import type { Bytes } from './seededBytes.ts';

interface Range { from: number; to: number }

/** Serves bytes with ranges, If-Range, If-None-Match and HEAD, and with whatever faults hold for the request. */
export async function sendBytes(exchange: Exchange, { bytes: whole, etag, headers = {} }: { bytes: Bytes; etag: string; headers?: Headers }): Promise<void> {
  const { request, response } = exchange;
  const corrupt = faultOf(exchange.faults, 'corrupt');
  const bytes = corrupt === undefined ? whole : withFlippedByte(whole, corrupt.atByte);
  const common = { 'Content-Type': 'application/octet-stream', ETag: etag, 'Accept-Ranges': 'bytes', ...headers };
  if (request.headers['if-none-match'] === etag) { response.writeHead(304, common).end(); return; }
  const range = wantedRange(exchange, etag, bytes.sizeBytes);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...common, 'Content-Range': `bytes */${bytes.sizeBytes}`, 'Content-Length': 0 }).end();
    return;
  }
  const { from, to } = range ?? { from: 0, to: bytes.sizeBytes };
  const partial = range === null ? {} : { 'Content-Range': `bytes ${from}-${to - 1}/${bytes.sizeBytes}` };
  response.writeHead(range === null ? 200 : 206, { ...common, ...partial, 'Content-Length': to - from });
  if (request.method === 'HEAD') { response.end(); return; }
  await pour(exchange, bytes, { from, to });
}

function wantedRange(exchange: Exchange, etag: string, sizeBytes: number): Range | 'unsatisfiable' | null {
  const { range, 'if-range': ifRange } = exchange.request.headers;
  if (range === undefined || faultOf(exchange.faults, 'noRanges') !== undefined || (ifRange !== undefined && ifRange !== etag)) return null;
  return parseRange(range, sizeBytes);
}

/** One range as RFC 9110 has it; several ranges are served whole, as the CDN may. */
function parseRange(header: string, sizeBytes: number): Range | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  return from >= to ? 'unsatisfiable' : { from, to };
}

async function pour(exchange: Exchange, bytes: Bytes, { from, to }: Range): Promise<void> {
  const { response, faults } = exchange;
  const bytesPerSecond = faultOf(faults, 'slow')?.bytesPerSecond;
  const end = faultOf(faults, 'cut') ?? faultOf(faults, 'stall');
  const limit = end === undefined ? to : Math.min(to, from + end.afterBytes);
  response.flushHeaders();
  for await (const piece of bytes.pieces(from, limit)) {
    const hasRoom = bytesPerSecond === undefined ? await write(exchange, piece) : await writeSlowly(exchange, piece, bytesPerSecond);
    if (!hasRoom) return;
  }
  if (limit === to) response.end();
  else if (end?.kind === 'cut') await cut(exchange);
}

/** Lets what was written leave first, then breaks the connection. */
async function cut({ response, seen }: Exchange): Promise<void> {
  while (response.writableLength > 0 && !response.destroyed) await delay(2);
  seen.end = 'cut';
  response.socket?.destroySoon();
}

/** False once the other side has left. */
async function write({ response, seen }: Exchange, piece: Uint8Array): Promise<boolean> {
  if (response.destroyed) return false;
  seen.bytesSent += piece.length;
  if (response.write(piece)) return true;
  const gone = new AbortController();
  await Promise.race([once(response, 'drain', { signal: gone.signal }), once(response, 'close', { signal: gone.signal })]).finally(() => { gone.abort(); });
  return !response.destroyed;
}

async function writeSlowly(exchange: Exchange, piece: Uint8Array, bytesPerSecond: number): Promise<boolean> {
  const tickMs = 20;
  const step = Math.max(1, Math.floor((bytesPerSecond * tickMs) / 1000));
  for (let at = 0; at < piece.length; at += step) {
    if (!await write(exchange, piece.subarray(at, at + step))) return false;
    await delay(tickMs);
  }
  return true;
}
