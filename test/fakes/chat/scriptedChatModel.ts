import type { ChatModel, ChatPart, ChatRequest } from '../../../src-main/features/chat/index.ts';

/** A model that says what a test tells it to, when it tells it to. */
export class ScriptedChatModel implements ChatModel {
  readonly requests: ScriptedCall[] = [];

  /** The newest request. */
  get last(): ScriptedCall {
    const last = this.requests.at(-1);
    if (last === undefined) throw new Error('nobody asked the model');
    return last;
  }

  stream(request: ChatRequest): AsyncIterable<ChatPart> {
    const call = new ScriptedCall(request);
    this.requests.push(call);
    return call.parts();
  }

  async close(): Promise<void> {
    for (const call of this.requests) call.end();
  }
}

/** One request, which waits for what it is told to answer. */
export class ScriptedCall {
  readonly request: ChatRequest;
  readonly #queue: ChatPart[] = [];
  #wake = Promise.withResolvers<undefined>();
  #isOver = false;
  #error: Error | null = null;

  constructor(request: ChatRequest) {
    this.request = request;
  }

  say(content: string): this {
    return this.part({ kind: 'delta', content });
  }

  finish(reason = 'stop'): this {
    return this.part({ kind: 'finish', reason }).end();
  }

  part(part: ChatPart): this {
    this.#queue.push(part);
    this.#wake.resolve(undefined);
    return this;
  }

  /** Nothing more comes. */
  end(): this {
    this.#isOver = true;
    this.#wake.resolve(undefined);
    return this;
  }

  fail(error: Error): this {
    this.#error = error;
    this.#wake.resolve(undefined);
    return this;
  }

  async* parts(): AsyncGenerator<ChatPart, void, void> {
    for (;;) {
      const part = this.#queue.shift();
      if (part !== undefined) yield part;
      else if (this.#error !== null) throw this.#error;
      else if (this.#isOver) return;
      else await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}
