// Parses one GGUF header in a thread of its own, with a heap of its own, so that a hostile one ends only this thread.
import { gguf } from '@huggingface/gguf';
import { parentPort } from 'node:worker_threads';
import { invariant } from '../../../base/invariant.ts';
import type { FromGgufWorker, GgufHeader, GgufList, GgufScalar, ToGgufWorker } from './ggufHeader.ts';
import { findGgufStartProblem, ggufLimits } from './ggufLimits.ts';

invariant(parentPort, 'the GGUF worker runs as a worker');
const port = parentPort;
const send = (message: FromGgufWorker): void => { port.postMessage(message); };

let receivedBytes = 0;
let fileSizeBytes: number | null = null;

/** The next bytes of the one connection that the reader holds; the parser asks for them in order. */
async function receive(byteCount: number): Promise<Uint8Array> {
  const { promise, resolve } = Promise.withResolvers<ToGgufWorker>();
  port.once('message', resolve);
  send({ kind: 'need', byteCount });
  const piece = await promise;
  receivedBytes += piece.bytes.length;
  fileSizeBytes = piece.fileSizeBytes;
  return piece.bytes;
}

class Unreadable extends Error {}

/** Stands in for fetch: the parser's ranges become pieces of the stream. */
async function fetchRange(_url: unknown, init?: RequestInit): Promise<Response> {
  const { from, to } = parseRange(new Headers(init?.headers).get('range'));
  if (to >= ggufLimits.headerBytes) throw new Unreadable('the header is too long');
  // Past the end nothing comes; whether the header ended before is checked when it has been parsed.
  const bytes = from === receivedBytes ? await receive(to + 1 - from) : new Uint8Array();
  const problem = from === 0 ? findGgufStartProblem(bytes) : null;
  if (problem !== null) throw new Unreadable(problem);
  return new Response(Uint8Array.from(bytes), { headers: fileSizeBytes === null ? {} : { 'content-range': `bytes ${from}-${to}/${fileSizeBytes}` } });
}

function parseRange(range: string | null): { from: number; to: number } {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  invariant(from !== undefined && to !== undefined, 'the parser asks by ranges');
  return { from: Number(from), to: Number(to) };
}

async function readHeader(): Promise<GgufHeader> {
  const parsed = await gguf('http://stream.invalid/', { fetch: fetchRange, computeParametersCount: true });
  const [, headerBytes] = parsed.tensorInfoByteRange;
  if (headerBytes > receivedBytes) throw new Unreadable('the file ends within its header');
  const own = new Set(['version', 'tensor_count', 'kv_count']);
  const metadata: object = parsed.metadata;
  const entries = Object.entries(metadata).filter(([key]) => !own.has(key));
  return {
    version: parsed.metadata.version,
    metadata: Object.fromEntries(entries.map(([key, value]: [string, unknown]) => [key, Array.isArray(value) ? toList(value) : toScalar(value)])),
    tensors: parsed.tensorInfos.map(({ name, shape, dtype, offset }) => ({ name, dimensions: shape.map(Number), type: dtype, offsetBytes: Number(offset) })),
    parameterCount: parsed.parameterCount, headerBytes, fileSizeBytes,
  };
}

function toList(values: readonly unknown[]): GgufList {
  const count = typeof values[0] === 'string' ? ggufLimits.listTexts : ggufLimits.listItems;
  return { length: values.length, items: values.slice(0, count).map(toScalar) };
}

/** A list within a list is not used by any model; its length stands for it. */
function toScalar(value: unknown): GgufScalar {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.slice(0, ggufLimits.textChars);
  return Array.isArray(value) ? value.length : '';
}

try {
  send({ kind: 'header', header: await readHeader() });
} catch (error) {
  send({ kind: 'unreadable', reason: error instanceof Error ? error.message : 'the header makes no sense' });
}
