import { findBar } from '../../configs/configPolicy.ts';
import type { SlotLease } from '../../scheduler/schedulerPort.ts';
import type { UpstreamResponse } from '../../../../platform/http/upstream.ts';
import type { PortDeps } from '../portDeps.ts';
import { createProblem, modelNotFound, PortError, toProblem } from '../portError.ts';
import { translateEngineError } from '../upstream/engineErrors.ts';
import type { Exchange } from './exchange.ts';

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 512 * 1024 * 1024;

/** Waits for a slot of the exchange's model; an exchange that loses it is aborted. @throws PortError */
export async function takeSlot({ slots }: Pick<PortDeps, 'slots'>, exchange: Exchange, priority: number): Promise<SlotLease> {
  const { config, keyId, model } = exchange.facts;
  if (config === null || config.problem === 'disabled') throw modelNotFound(model);
  const bar = findBar(config);
  if (bar !== null) throw new PortError(createProblem(500, 'load_failed', `${model} is not served: ${bar}.`, { shouldRetry: false }));
  const result = await slots.request({ requestId: exchange.id, config, keyId, priority, signal: exchange.signal, onWait: (reason) => { exchange.wait(reason); }, getHeardAtMs: () => exchange.heardAtMs, onLost: (cause) => { exchange.lose(cause); } });
  if (result.kind === 'refused') throw new PortError(toProblem(result.refusal, model));
  exchange.begin();
  return result.slot;
}

export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/** Asks the engine of a slot. Aborted when the client goes or the engine does. @throws PortError for what the engine refuses */
export async function askEngine({ upstream }: Pick<PortDeps, 'upstream'>, { slot, signal }: { slot: Pick<SlotLease, 'endpoint'>; signal: AbortSignal }, request: EngineRequest): Promise<UpstreamResponse> {
  const response = await upstream.send({ target: slot.endpoint, headers: { 'content-type': 'application/json' }, ...request, signal });
  if (response.status < 400) return response;
  throw new PortError(translateEngineError(response.status, await readText(response.body, MAX_ERROR_BYTES)));
}

/** @throws PortError when the answer is not JSON */
export async function readJson({ body }: UpstreamResponse): Promise<unknown> {
  try {
    return JSON.parse(await readText(body, MAX_BODY_BYTES)) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new PortError(createProblem(502, 'engine_error', 'The engine sent something that is not an answer.'), { cause: error });
  }
}

/** No more than `maxBytes`; the rest is left. */
async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    pieces.push(bytes);
    size += bytes.byteLength;
    if (size >= maxBytes) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}
