import type { UpstreamResponse } from '../../../../platform/http/upstream.ts';
import { asNumber, asObject, isObject, parseJson } from '../json.ts';
import type { ExchangeContext } from '../portCall.ts';
import { askEngine, takeSlot, type EngineRequest } from './engineCall.ts';
import type { ExchangeUsage } from './exchange.ts';

/** Headers that belong to one connection or to us. */
const KEPT_HEADERS = ['content-type', 'cache-control', 'content-disposition', 'content-encoding'];
/** Figures of use stand at the end of an answer. */
const TAIL_BYTES = 64 * 1024;

/** Sends a request to the engine as it is, and its answer back as it comes. `request` may depend on the engine's own name for the model. */
export async function passThrough(context: ExchangeContext, toRequest: (upstreamModel: string) => EngineRequest): Promise<void> {
  const { deps, exchange, priority, onSlot } = context;
  using slot = await takeSlot(deps, exchange, priority);
  onSlot(slot);
  const signal = AbortSignal.any([exchange.signal, slot.signal]);
  await relayBytes(context, await askEngine(deps, { slot, signal }, toRequest(slot.upstreamModel)), signal);
}

async function relayBytes({ exchange, wire }: ExchangeContext, response: UpstreamResponse, signal: AbortSignal): Promise<void> {
  wire.beginAs(response.status, pickHeaders(response));
  let tail: Buffer = Buffer.alloc(0);
  try {
    for await (const bytes of response.body) {
      tail = Buffer.concat([tail, bytes]).subarray(-TAIL_BYTES);
      await wire.write(bytes, signal);
      exchange.noteTokens(1);
    }
  } finally {
    exchange.setUsage(readTailUsage(tail.toString('utf8')));
  }
  wire.end('');
}

function pickHeaders({ headers }: UpstreamResponse): Record<string, string> {
  return Object.fromEntries(KEPT_HEADERS.flatMap((name) => { const value = headers[name]; return typeof value === 'string' ? [[name, value]] : []; }));
}

/** What the last object of an answer says was used: OpenAI's `usage`, or llama-server's own names. */
export function readTailUsage(tail: string): ExchangeUsage {
  const last = tail.trim().split('\n').map((line) => parseJson(line.replace(/^data:/, '').trim())).findLast((value) => isObject(value) && ('usage' in value || 'tokens_predicted' in value));
  const object = asObject(last);
  const usage = asObject(object['usage']);
  return {
    promptTokens: asNumber(usage['prompt_tokens']) ?? asNumber(object['tokens_evaluated']) ?? 0,
    completionTokens: asNumber(usage['completion_tokens']) ?? asNumber(object['tokens_predicted']) ?? 0,
    cachedTokens: asNumber(object['tokens_cached']) ?? 0,
  };
}
