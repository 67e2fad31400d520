import { Readable } from 'node:stream';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../../../../platform/http/upstream.ts';
import { asNumber, asObject, asString, isObject, parseJson, type JsonObject } from '../json.ts';
import type { ExchangeContext } from '../portCall.ts';

/** How a text's engine is reached: llama-server takes a suffix at an endpoint of its own only. */
export function findUpstream({ deps: { upstream, control }, config }: Pick<ExchangeContext, 'deps' | 'config'>, { prompt, suffix }: JsonObject): Pick<Upstream, 'send'> {
  const isInfill = typeof prompt === 'string' && typeof suffix === 'string' && suffix !== '';
  const isLlamaServer = isInfill && control.list().some(({ configId, engine }) => configId === config.id && engine === 'llama-server');
  return isLlamaServer ? new InfillUpstream(upstream) : upstream;
}

/** Asks llama-server's /infill for what /v1/completions is asked, and tells its events in the words of the latter. */
class InfillUpstream implements Pick<Upstream, 'send'> {
  readonly #inner: Pick<Upstream, 'send'>;

  constructor(inner: Pick<Upstream, 'send'>) {
    this.#inner = inner;
  }

  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { prompt, suffix, ...rest } = asObject(parseJson(String(request.body)));
    const response = await this.#inner.send({ ...request, path: '/infill', body: JSON.stringify({ ...rest, input_prefix: prompt, input_suffix: suffix }) });
    return response.status < 400 ? { ...response, body: Readable.from(toTextEvents(response.body), { objectMode: false }) } : response;
  }
}

async function* toTextEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = `${rest}${decoder.decode(bytes, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    const text = lines.map(toTextLine).join('');
    if (text !== '') yield Buffer.from(text);
  }
  const last = toTextLine(rest);
  if (last !== '') yield Buffer.from(last);
}

/** One event a line; what is no piece of an answer, such as an error, stays as it is. */
function toTextLine(line: string): string {
  const event = line.startsWith('data:') ? parseJson(line.slice(5)) : undefined;
  if (isObject(event) && event['content'] !== undefined) return `data: ${JSON.stringify(toTextChunk(event))}\n\n`;
  return line.trim() === '' ? '' : `${line}\n\n`;
}

function toTextChunk({ content, stop, stop_type: stopType, tokens_evaluated: promptTokens, tokens_predicted: completionTokens, timings }: JsonObject): JsonObject {
  const finishReason = stopType === 'limit' ? 'length' : 'stop';
  const usage = { prompt_tokens: asNumber(promptTokens) ?? 0, completion_tokens: asNumber(completionTokens) ?? 0 };
  return { choices: [{ index: 0, text: asString(content) ?? '', finish_reason: stop === true ? finishReason : null }], ...(timings !== undefined && { timings }), ...(stop === true && { usage }) };
}
