import type { Upstream, UpstreamTarget } from '../../platform/http/upstream.ts';
import type { ChatModel, ChatPart, ChatRequest } from './chatModel.ts';
import { parseJson, readOpenAiStream, toFailure } from './openAiStream.ts';

/** Asks whatever speaks OpenAI's protocol at a target: in the backend its own model port. */
export class UpstreamChatModel implements ChatModel {
  readonly #deps: { upstream: Upstream; target: UpstreamTarget };

  constructor(deps: { upstream: Upstream; target: UpstreamTarget }) {
    this.#deps = deps;
  }

  async close(): Promise<void> {
    await this.#deps.upstream.close();
  }

  async* stream(request: ChatRequest): AsyncGenerator<ChatPart, void, void> {
    const { upstream, target } = this.#deps;
    const { status, body } = await upstream.send({
      target, method: 'POST', path: '/v1/chat/completions', headers: { 'content-type': 'application/json', 'user-agent': 'wheelhouse-chat' },
      body: JSON.stringify(toBody(request)), signal: request.signal,
    });
    if (status === 200) yield* readOpenAiStream(body);
    else yield toFailure(parseJson(await readText(body)), { code: `http_${status}`, message: `The model port answered with status ${status}.` });
  }
}

function toBody({ model, messages, sampling, tellsPace }: ChatRequest): Record<string, unknown> {
  const { temperature, topP, topK, minP, maxTokens, seed, stop } = sampling;
  const given = Object.entries({ temperature, top_p: topP, top_k: topK, min_p: minP, max_tokens: maxTokens, seed, stop: stop.length === 0 ? null : stop }).filter(([, value]) => value !== null);
  return { model, messages, stream: true, stream_options: { include_usage: true }, ...(tellsPace && { timings_per_token: true }), ...Object.fromEntries(given) };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
