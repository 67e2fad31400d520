import type { Message, MessageChange } from '#contract/conversations.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { applyPart, endAnswer, type Draft } from './answerPolicy.ts';
import type { ChatModel, ChatPart, ChatRequest } from './chatModel.ts';
import { separateThinking } from './thinkingParts.ts';
import { untilAborted } from './untilAborted.ts';

/** Where a live answer tells what became of it. */
export interface AnswerSink {
  tell(change: MessageChange): void;
  save(message: Message): void;
}

interface AnswerDeps { model: Pick<ChatModel, 'stream'>; clock: Clock; log: Logger; sink: AnswerSink }

/** At most 30 pieces a second. */
const TELL_MS = 34;
const SAVE_MS = 1_000;

/** One answer while it is written: gathers what the model says, tells it in pieces and keeps it. */
export class LiveAnswer {
  readonly #deps: AnswerDeps;
  readonly #ending = new AbortController();
  readonly #askedAtMs: number;
  #draft: Draft;
  /** What followers have been told. */
  #told: Message;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #stopTelling: (() => void) | null = null;
  #stopSaving: (() => void) | null = null;

  constructor(message: Message, deps: AnswerDeps) {
    this.#deps = deps;
    this.#askedAtMs = deps.clock.monotonicMs();
    this.#draft = { message, lastTokenMs: null, isCounted: false };
    this.#told = message;
  }

  /** As it stands for followers: what has been told, not what came since. */
  get message(): Message {
    return this.#told;
  }

  /** Stops it; what came stays. Resolve of `run` tells when it has ended. */
  stop(): void {
    this.#ending.abort();
  }

  /** Writes the answer to its end. Never rejects: what goes wrong stands in the answer. */
  async run(request: Omit<ChatRequest, 'signal'>): Promise<void> {
    const { signal } = this.#ending;
    try {
      await this.#read(this.#deps.model.stream({ ...request, signal }));
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
    this.#stopTelling?.();
    this.#stopSaving?.();
    const message = endAnswer(this.#draft, { isStopped: signal.aborted, atMs: this.#elapsedMs() });
    this.#told = message;
    this.#save(message);
    this.#deps.sink.tell({ kind: 'message', message });
  }

  async #read(parts: AsyncIterable<ChatPart>): Promise<void> {
    for await (const part of separateThinking(untilAborted(parts, this.#ending.signal))) {
      this.#draft = applyPart(this.#draft, part, this.#elapsedMs());
      if (part.kind === 'failure') return;
      this.#tellSoon();
      this.#saveSoon();
    }
  }

  #fail(error: unknown): void {
    const { log } = this.#deps;
    log.error('chat.answer_failed', { error, messageId: this.#told.id });
    this.#draft = applyPart(this.#draft, { kind: 'failure', code: 'internal', message: error instanceof Error ? error.message : String(error) }, this.#elapsedMs());
  }

  #tellSoon(): void {
    if (this.#stopTelling !== null) return;
    const restMs = this.#toldAtMs + TELL_MS - this.#deps.clock.monotonicMs();
    if (restMs <= 0) this.#tell();
    else this.#stopTelling = this.#deps.clock.after(restMs, () => { this.#tell(); });
  }

  #tell(): void {
    this.#stopTelling = null;
    this.#toldAtMs = this.#deps.clock.monotonicMs();
    const [before, { message }] = [this.#told, this.#draft];
    this.#told = message;
    // A change of anything but the two texts is told with the whole message.
    if (before.status !== message.status || before.toolCalls !== message.toolCalls || before.thinkingMs !== message.thinkingMs) {
      this.#deps.sink.tell({ kind: 'message', message });
    } else if (before.content.length !== message.content.length || before.thinking.length !== message.thinking.length) {
      const [content, thinking] = [message.content.slice(before.content.length), message.thinking.slice(before.thinking.length)];
      this.#deps.sink.tell({ kind: 'delta', messageId: message.id, content, thinking, completionTokens: message.completionTokens ?? 0 });
    }
  }

  #saveSoon(): void {
    this.#stopSaving ??= this.#deps.clock.after(SAVE_MS, () => {
      this.#stopSaving = null;
      this.#save(this.#draft.message);
    });
  }

  /** Followers hear the answer also when the disk is full. */
  #save(message: Message): void {
    try {
      this.#deps.sink.save(message);
    } catch (error) {
      this.#deps.log.error('chat.answer_not_kept', { error, messageId: message.id });
    }
  }

  #elapsedMs(): number {
    return Math.round((this.#deps.clock.monotonicMs() - this.#askedAtMs) * 10) / 10;
  }
}
