import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';

/** Somewhere that speaks OpenAI's protocol, with connections of its own that are kept. */
export interface Place {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The model's name there. */
  readonly model: string;
  readonly agent: Agent;
}

/** One answered question; times since it was sent. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  /** When the first piece with text came; the end for what is no stream. */
  readonly firstTokenMs: number;
  readonly tookMs: number;
  readonly sentAtMs: number;
  readonly completionTokens: number;
}

/** llama-server closes connections that idled for 5 s, so none is used again that idled nearly as long. */
export const KEPT_CONNECTIONS = { keepAlive: true, timeout: 3_000 };

interface AskOptions { readonly signal?: AbortSignal; readonly onText?: (text: string) => void }

export function createPlace(url: string, model: string, headers: Readonly<Record<string, string>> = {}): Place {
  return { url, headers, model, agent: new Agent(KEPT_CONNECTIONS) };
}

/** A question of a chat; everything is greedy, so that all answers are alike. */
export function toQuestion(content: string, maxTokens: number): Record<string, unknown> {
  return { messages: [{ role: 'user', content }], max_tokens: maxTokens, temperature: 0, seed: 1 };
}

/** Asks for a stream. */
export function askStream(place: Place, question: object, options: AskOptions = {}): Promise<Answered> {
  return ask(place, '/v1/chat/completions', { ...question, model: place.model, stream: true, stream_options: { include_usage: true } }, options);
}

/** Asks for an answer in one piece. */
export function askWhole(place: Place, question: object, options: AskOptions = {}): Promise<Answered> {
  return ask(place, '/v1/chat/completions', { ...question, model: place.model }, options);
}

export function read(place: Place, path: string): Promise<Answered> {
  return ask(place, path, null, {});
}

const PIECE_WITH_TEXT = /"content":"(?!")/;

/** Asks again where a kept connection turns out to be closed: llama-server says nothing when it closes one. */
async function ask(place: Place, path: string, body: object | null, options: AskOptions): Promise<Answered> {
  for (;;) {
    const answered = await askOnce(place, path, body, options);
    if (answered !== 'closed') return answered;
  }
}

function askOnce(place: Place, path: string, body: object | null, { signal, onText }: AskOptions): Promise<Answered | 'closed'> {
  const sentAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const asking = send(place, path, body, signal);
    asking.on('error', (error: NodeJS.ErrnoException) => { if (asking.reusedSocket && error.code === 'ECONNRESET') resolve('closed'); else reject(error); });
    asking.on('response', (response) => {
      const [pieces, tail]: [string[], { firstTokenMs: number | null }] = [[], { firstTokenMs: null }];
      response.setEncoding('utf8').on('data', (piece: string) => {
        pieces.push(piece);
        onText?.(piece);
        if (tail.firstTokenMs === null && PIECE_WITH_TEXT.test(piece)) tail.firstTokenMs = performance.now() - sentAtMs;
      });
      response.on('error', reject);
      response.on('end', () => { resolve(toAnswered(response, pieces.join(''), { sentAtMs, firstTokenMs: tail.firstTokenMs })); });
    });
    asking.end(body === null ? undefined : JSON.stringify(body));
  });
}

function send({ url, headers, agent }: Place, path: string, body: object | null, signal: AbortSignal | undefined): ClientRequest {
  return request(`${url}${path}`, { method: body === null ? 'GET' : 'POST', headers: { ...headers, ...(body !== null && { 'content-type': 'application/json' }) }, agent, ...(signal && { signal }) });
}

function toAnswered(response: IncomingMessage, text: string, { sentAtMs, firstTokenMs }: { sentAtMs: number; firstTokenMs: number | null }): Answered {
  const tookMs = performance.now() - sentAtMs;
  const completionTokens = Number([...text.matchAll(/"completion_tokens":(\d+)/g)].at(-1)?.[1] ?? 0);
  return { status: response.statusCode ?? 0, text, firstTokenMs: firstTokenMs ?? tookMs, tookMs, sentAtMs, completionTokens };
}

/** @throws Error with what was said instead of an answer */
export function requireOk(answered: Answered): Answered {
  if (answered.status !== 200 || answered.text.includes('"error":{')) throw new Error(`${answered.status}: ${answered.text.slice(0, 500)}`);
  return answered;
}
