import { chatSampling, conversationId, type Conversation, type ConversationChange } from '#contract/conversations.ts';
import { AppError } from '#contract/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { createId } from '../../base/ids.ts';
import type { ConversationRepository } from './conversationRepository.ts';
import type { MessageRepository, SearchHit } from './messageRepository.ts';
import { toSearchQuery } from './searchQuery.ts';

export type ConversationSet = { [K in 'title' | 'model' | 'compareModel' | 'systemPrompt' | 'sampling' | 'leafId' | 'isPinned']?: Conversation[K] | undefined };

interface Deps {
  conversations: ConversationRepository;
  messages: MessageRepository;
  clock: Clock;
}

/** Keeps conversations: their titles, models and prompts; what is said in them is the messages'. */
export class ConversationService {
  readonly #deps: Deps;
  readonly #didChange = new Emitter<ConversationChange>();

  /** Every change of one, and those that are gone. */
  readonly onDidChange = this.#didChange.event;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Newest first. */
  list(): Conversation[] {
    return this.#deps.conversations.list();
  }

  /** @throws conversation.not_found */
  get(id: string): Conversation {
    const kept = this.#deps.conversations.find(id);
    if (kept === null) throw new AppError('conversation.not_found', 'no such conversation', { conversationId: id });
    return kept;
  }

  create({ title = '', model, systemPrompt }: { title?: string | undefined; model: string | null; systemPrompt: string }): Conversation {
    const nowMs = this.#deps.clock.nowMs();
    const id = conversationId.parse(createId('cnv', nowMs));
    return this.#save({ id, title: title.trim(), model, compareModel: null, systemPrompt, sampling: chatSampling.parse({}), leafId: null, messageCount: 0, isPinned: false, createdAtMs: nowMs, updatedAtMs: nowMs });
  }

  /** Changes what is given; `isTouched` brings it to the top of the list. @throws conversation.not_found, bad_input for a leaf that is not in it. */
  update(id: string, set: ConversationSet, { isTouched = false } = {}): Conversation {
    const kept = this.get(id);
    if (set.leafId != null && !this.#deps.messages.has(id, set.leafId)) throw new AppError('bad_input', 'the leaf is not in the conversation', { issues: ['set.leafId: is no message of this conversation'] });
    const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
    return this.#save({ ...kept, ...given, updatedAtMs: isTouched ? this.#deps.clock.nowMs() : kept.updatedAtMs });
  }

  /** Forgets one whose messages are gone. */
  remove(id: string): void {
    const kept = this.get(id);
    this.#deps.conversations.delete(id);
    this.#didChange.fire({ kind: 'removed', conversationId: kept.id });
  }

  /** Says that its messages changed. */
  announce(id: string): void {
    const conversation = this.#deps.conversations.find(id);
    if (conversation !== null) this.#didChange.fire({ kind: 'changed', conversation });
  }

  /** Finds messages that have all of the words. */
  search(text: string, limit: number): SearchHit[] {
    const query = toSearchQuery(text);
    return query === null ? [] : this.#deps.messages.search(query, limit);
  }

  #save(conversation: Conversation): Conversation {
    const { messageCount: _messageCount, ...kept } = conversation;
    this.#deps.conversations.save(kept);
    this.#didChange.fire({ kind: 'changed', conversation });
    return conversation;
  }
}
