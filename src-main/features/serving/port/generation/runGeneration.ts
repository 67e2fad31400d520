import { createId } from '../../../../base/ids.ts';
import type { ClientWire } from '../exchange/clientWire.ts';
import { askEngine, takeSlot } from '../exchange/engineCall.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asNumber, asObject, type JsonObject } from '../json.ts';
import type { PortDeps } from '../portDeps.ts';
import type { Answer } from './answer.ts';
import { ChunkReader } from './chunkReader.ts';
import { Relay } from './relay.ts';

/** A generation that was asked for, ready to be sent to whichever engine gets it. */
export interface Generation {
  readonly kind: 'chat' | 'text';
  /** In OpenAI's shape, without the model and the stream's options, which are set here. */
  readonly body: JsonObject;
  /** How long the model is to stay after the end, in seconds; null as configured. */
  readonly keepSeconds: number | null;
}

interface Run {
  readonly deps: Pick<PortDeps, 'slots' | 'upstream' | 'clock' | 'readRounds'>;
  readonly exchange: Exchange;
  readonly wire: ClientWire;
  readonly answer: Answer;
  readonly priority: number;
}

const PATHS = { chat: '/v1/chat/completions', text: '/v1/completions' } as const;
/** A stream that still waits for its model after this long gets its headers, and comments from then on. */
const HEADERS_WHILE_QUEUED_MS = 1_000;
/** One that waits for its first token can still be refused by the engine, which is quick to do so. */
const HEADERS_WHILE_PREFILLING_MS = 5_000;

/**
 * Answers one generation. The engine is always asked for a stream with its usage: a client that goes away then frees the
 * slot at once, and the ledger has its figures. @throws PortError and what the connection to the engine throws
 */
export async function runGeneration(run: Run, generation: Generation): Promise<void> {
  const { deps, exchange, wire, answer } = run;
  if (answer.isStream) wire.beginWithin(HEADERS_WHILE_QUEUED_MS);
  using slot = await takeSlot(deps, exchange, run.priority);
  if (generation.keepSeconds !== null) slot.keepFor(generation.keepSeconds);
  if (answer.isStream && !wire.hasBegun) wire.beginWithin(HEADERS_WHILE_PREFILLING_MS);
  const body = JSON.stringify({ ...generation.body, model: slot.upstreamModel, stream: true, stream_options: { ...asObject(generation.body['stream_options']), include_usage: true } });
  const response = await askEngine(deps, { slot, signal: exchange.signal }, { method: 'POST', path: PATHS[generation.kind], body });
  if (answer.isStream) wire.startKeepAlive();
  const reader = new ChunkReader({ kind: generation.kind, model: exchange.facts.model, createId: (prefix) => createId(prefix, deps.clock.nowMs()), nowMs: deps.clock.nowMs(), keepsTimings: generation.body['timings_per_token'] === true });
  try {
    await new Relay({ clock: deps.clock, rounds: deps.readRounds, exchange, wire, answer, reader }).pass(response);
  } finally {
    exchange.setUsage(toUsage(reader.readUsage()));
  }
}

export function toUsage(usage: JsonObject): { promptTokens: number; completionTokens: number; cachedTokens: number } {
  return { promptTokens: asNumber(usage['prompt_tokens']) ?? 0, completionTokens: asNumber(usage['completion_tokens']) ?? 0, cachedTokens: asNumber(asObject(usage['prompt_tokens_details'])['cached_tokens']) ?? 0 };
}
