import type { UpstreamResponse } from '../../../../platform/http/upstream.ts';
import type { ExchangeContext } from '../portCall.ts';
import { askEngine, takeSlot, type EngineRequest } from './engineCall.ts';
import { UsageScan } from './usageScan.ts';

/** Headers that belong to one connection or to us. */
const KEPT_HEADERS = ['content-type', 'cache-control', 'content-disposition', 'content-encoding'];

/** Sends a request to the engine as it is, and its answer back as it comes. `request` may depend on the engine's own name for the model. */
export async function passThrough(context: ExchangeContext, toRequest: (upstreamModel: string) => EngineRequest): Promise<void> {
  const { deps, exchange, priority } = context;
  using slot = await takeSlot(deps, exchange, priority);
  await relayBytes(context, await askEngine(deps, { slot, signal: exchange.signal }, toRequest(slot.upstreamModel)));
}

async function relayBytes({ exchange, wire }: ExchangeContext, response: UpstreamResponse): Promise<void> {
  wire.beginAs(response.status, pickHeaders(response));
  const usage = new UsageScan();
  try {
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      usage.read(bytes);
      await wire.write(bytes, exchange.signal);
      exchange.noteTokens(1);
    }
  } finally {
    exchange.setUsage(usage.toUsage());
  }
  wire.end('');
}

function pickHeaders({ headers }: UpstreamResponse): Record<string, string> {
  return Object.fromEntries(KEPT_HEADERS.flatMap((name) => { const value = headers[name]; return typeof value === 'string' ? [[name, value]] : []; }));
}
