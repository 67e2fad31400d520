import { message as messageSchema, messageId, type Attachment, type Conversation, type Message, type MessageChange } from '#contract/conversations.ts';
import { AppError } from '#contract/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { createId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { ChatModel, FindChatModel } from './chatModel.ts';
import type { ConversationService } from './conversationService.ts';
import { toTitle } from './conversationTitle.ts';
import { toFileName, toJson, toMarkdown } from './exportConversation.ts';
import { LiveAnswer } from './liveAnswer.ts';
import { followMessages } from './messageFeed.ts';
import type { MessageRepository } from './messageRepository.ts';
import { findLeaf, listBranch, listPath, toComparePath } from './messageTree.ts';
import { hasImages, leaveOutUnanswered, toPrompt } from './promptPolicy.ts';

interface Deps {
  conversations: ConversationService;
  messages: MessageRepository;
  models: { readonly chat: ChatModel; readonly find: FindChatModel };
  clock: Clock;
  log: Logger;
  isReadOnly: boolean;
}

interface Live { readonly conversationId: string; readonly answer: LiveAnswer; readonly ended: Promise<void> }
interface Question { conversation: string; content: string; parentId?: string | null | undefined; attachments: readonly Attachment[] }
type NewMessage = Pick<Message, 'conversationId' | 'parentId' | 'role'> & Partial<Message>;

/** What is said in conversations: asks models, writes their answers down as they come, and lets others follow. */
export class MessageService {
  readonly #deps: Deps;
  readonly #live = new Map<string, Live>();
  readonly #didChange = new Emitter<{ conversationId: string; change: MessageChange }>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Marks what an earlier backend left half-written. */
  start(): void {
    const { messages, log, isReadOnly } = this.#deps;
    if (isReadOnly) return;
    const count = messages.endUnfinished();
    if (count > 0) log.info('chat.unfinished_stopped', { count });
  }

  /** Ends every answer and waits until it is kept. */
  async stop(): Promise<void> {
    await this.#end([...this.#live.values()]);
    await this.#deps.models.chat.close();
  }

  /** All branches, oldest first. @throws conversation.not_found */
  list(conversation: string): Message[] {
    const { id } = this.#deps.conversations.get(conversation);
    return this.#deps.messages.list(id).map((message) => this.#live.get(message.id)?.answer.message ?? toEnded(message));
  }

  /** All messages, then what is added to them. @throws conversation.not_found */
  follow(conversation: string, signal?: AbortSignal): AsyncGenerator<MessageChange, void, void> {
    const { id } = this.#deps.conversations.get(conversation);
    return followMessages({
      first: () => ({ kind: 'snapshot', conversation: this.#deps.conversations.get(id), messages: this.list(id) }),
      onDidChange: (listener) => this.#didChange.event(({ conversationId, change }) => { if (conversationId === id) listener(change); }),
      signal,
    });
  }

  /**
   * Writes the question down and begins its answers; answers with all of them before any has been written.
   * @throws conversation.not_found, conversation.busy, conversation.no_model, message.not_found for a parent that is not there, bad_input for nothing to ask.
   */
  send({ conversation, content, parentId, attachments }: Question): Message[] {
    const kept = this.#requireIdle(conversation);
    const models = [kept.model, ...(kept.compareModel === null ? [] : [kept.compareModel])].map((model) => this.#requireModel(model));
    if (content.trim() === '' && attachments.length === 0) throw new AppError('bad_input', 'nothing to ask', { issues: ['content: must not be empty'] });
    const before = this.#deps.messages.list(kept.id);
    const parent = findParent(before, parentId === undefined ? kept.leafId : parentId);

    const question = this.#make({ conversationId: kept.id, parentId: parent, role: 'user', content, status: 'done', attachments: attachments.map(({ data: _data, ...one }) => one) });
    const answers = models.map((model, index) => this.#make({ conversationId: kept.id, parentId: question.id, role: 'assistant', model, lane: index === 0 ? 'main' : 'compare' }));
    this.#deps.messages.add([question, ...answers], attachments);
    const title = kept.title === '' ? titleOf(question) : kept.title;
    const asked = this.#deps.conversations.update(kept.id, { title, leafId: answers[0]?.id }, { isTouched: true });
    this.#tell(question);
    for (const answer of answers) this.#begin(asked, answer, [...before, question]);
    return [question, ...answers];
  }

  /** Begins a sibling of an answer. @throws as `send`; message.not_found also for a question. */
  regenerate(conversation: string, id: string): Message {
    const kept = this.#requireIdle(conversation);
    const before = this.#deps.messages.list(kept.id);
    const old = before.find((message) => message.id === id);
    if (old?.role !== 'assistant') throw missing(id);
    const model = this.#requireModel(old.lane === 'compare' ? kept.compareModel ?? old.model : kept.model);
    const answer = this.#make({ conversationId: kept.id, parentId: old.parentId, role: 'assistant', lane: old.lane, model });
    this.#deps.messages.add([answer]);
    const asked = this.#deps.conversations.update(kept.id, old.lane === 'main' ? { leafId: answer.id } : {}, { isTouched: true });
    this.#begin(asked, answer, before);
    return answer;
  }

  /** Ends what is being written in a conversation, and waits for it. @throws conversation.not_found */
  async stopAnswers(conversation: string): Promise<void> {
    const { id } = this.#deps.conversations.get(conversation);
    await this.#end(this.#liveOf(id));
  }

  /** Deletes a message with all that follows it. @throws conversation.not_found, conversation.busy, message.not_found */
  remove(conversation: string, id: string): void {
    const kept = this.#requireIdle(conversation);
    const before = this.#deps.messages.list(kept.id);
    const gone = listBranch(before, id);
    const first = gone[0];
    if (first === undefined) throw missing(id);
    const goneIds = new Set<string>(gone.map((message) => message.id));
    this.#deps.messages.delete([...goneIds]);
    const rest = before.filter((message) => !goneIds.has(message.id));
    const isShown = kept.leafId !== null && goneIds.has(kept.leafId);
    for (const { id: messageIdGone } of gone) this.#didChange.fire({ conversationId: kept.id, change: { kind: 'removed', messageId: messageIdGone } });
    this.#deps.conversations.update(kept.id, isShown ? { leafId: findLeaf(rest, first.parentId) } : {});
  }

  /** Deletes a conversation with all that was said in it. @throws conversation.not_found */
  async removeConversation(conversation: string): Promise<void> {
    await this.stopAnswers(conversation);
    this.#deps.messages.delete(this.#deps.messages.list(conversation).map(({ id }) => id));
    this.#deps.conversations.remove(conversation);
  }

  /** @throws conversation.not_found, message.not_found when there is no such attachment */
  getAttachment(conversation: string, id: string, index: number): Attachment {
    const { id: conversationId } = this.#deps.conversations.get(conversation);
    const found = this.#deps.messages.has(conversationId, id) ? this.#deps.messages.findAttachment(id, index) : null;
    if (found === null) throw missing(id);
    return found;
  }

  /** @throws conversation.not_found */
  export(conversation: string, as: 'markdown' | 'json'): { fileName: string; text: string } {
    const kept = this.#deps.conversations.get(conversation);
    const source = { conversation: kept, messages: this.list(kept.id), listAttachments: (message: Message) => this.#deps.messages.listAttachments(message) };
    return as === 'json' ? { fileName: toFileName(kept.title, 'json'), text: toJson(source) } : { fileName: toFileName(kept.title, 'md'), text: toMarkdown(source) };
  }

  #begin(conversation: Conversation, answer: Message, before: readonly Message[]): void {
    const { models: { chat, find }, messages, clock, log } = this.#deps;
    const shown = listPath(before, answer.parentId);
    const path = leaveOutUnanswered(answer.lane === 'compare' ? toComparePath(before, shown) : shown).map((message) => ({ ...message, attachments: messages.listAttachments(message) }));
    const model = answer.model ?? '';
    const facts = find(model);
    const isBlind = hasImages(path) && facts?.canSee === false;
    const sink = { tell: (change: MessageChange) => { this.#didChange.fire({ conversationId: conversation.id, change }); }, save: (message: Message) => { messages.update(message); } };
    const live = new LiveAnswer(answer, { model: isBlind ? blindModel : chat, clock, log, sink });
    const ended = live.run({ model, messages: toPrompt(conversation.systemPrompt, path), sampling: conversation.sampling, tellsPace: facts?.tellsPace === true }).finally(() => {
      this.#live.delete(answer.id);
      this.#deps.conversations.announce(conversation.id);
    });
    ended.catch((error: unknown) => { log.error('chat.end_not_told', { error, messageId: answer.id }); });
    this.#live.set(answer.id, { conversationId: conversation.id, answer: live, ended });
    this.#tell(answer);
  }

  #make(given: NewMessage): Message {
    const nowMs = this.#deps.clock.nowMs();
    return messageSchema.parse({
      id: messageId.parse(createId('msg', nowMs)), lane: 'main', content: '', thinking: '', toolCalls: [], attachments: [], model: null, status: 'waiting', problem: null, finishReason: null,
      promptTokens: null, completionTokens: null, firstTokenMs: null, thinkingMs: null, totalMs: null, tokensPerSecond: null, createdAtMs: nowMs, ...given,
    });
  }

  #tell(message: Message): void {
    this.#didChange.fire({ conversationId: message.conversationId, change: { kind: 'message', message } });
  }

  #liveOf(conversationId: string): Live[] {
    return [...this.#live.values()].filter((live) => live.conversationId === conversationId);
  }

  async #end(lives: readonly Live[]): Promise<void> {
    for (const { answer } of lives) answer.stop();
    await Promise.allSettled(lives.map(({ ended }) => ended));
  }

  #requireIdle(conversation: string): Conversation {
    const kept = this.#deps.conversations.get(conversation);
    if (this.#liveOf(kept.id).length > 0) throw new AppError('conversation.busy', 'an answer is being written', { conversationId: kept.id });
    return kept;
  }

  #requireModel(model: string | null): string {
    if (model === null || this.#deps.models.find(model) === null) throw new AppError('conversation.no_model', 'no model to ask', { model });
    return model;
  }
}

const blindModel: Pick<ChatModel, 'stream'> = {
  async* stream({ model }) { yield { kind: 'failure', code: 'model_has_no_vision', message: `${model} takes no images.` }; },
};

/** @throws message.not_found */
function findParent(messages: readonly Message[], id: string | null): Message['id'] | null {
  if (id === null) return null;
  const parent = messages.find((message) => message.id === id);
  if (parent === undefined) throw missing(id);
  return parent.id;
}

/** What nobody writes any more has ended, also where its end could not be kept. */
function toEnded(message: Message): Message {
  return message.status === 'waiting' || message.status === 'streaming' ? { ...message, status: 'stopped' } : message;
}

function titleOf({ content, attachments }: Message): string {
  return toTitle(content) || (attachments[0]?.name ?? '');
}

function missing(id: string): AppError<'message.not_found'> {
  return new AppError('message.not_found', 'no such message', { messageId: id });
}
