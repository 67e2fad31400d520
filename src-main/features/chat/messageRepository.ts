import { z } from 'zod';
import { attachment as attachmentSchema, message as messageSchema, type Attachment, type Message } from '#contract/conversations.ts';
import type { Database } from '../../platform/sqlite/database.ts';

const json = z.string().transform((text): unknown => JSON.parse(text));
const row = z.object({
  id: z.string(), conversation_id: z.string(), parent_id: z.string().nullable(), role: z.string(), lane: z.string(), content: z.string(), thinking: z.string(), tool_calls: json,
  model: z.string().nullable(), status: z.string(), problem: z.string().nullable(), finish_reason: z.string().nullable(), prompt_tokens: z.int().nullable(), completion_tokens: z.int().nullable(),
  first_token_ms: z.number().nullable(), thinking_ms: z.number().nullable(), total_ms: z.number().nullable(), tokens_per_second: z.number().nullable(), created_at_ms: z.number(),
});
const attachmentRow = z.object({ message_id: z.string(), kind: z.string(), name: z.string(), media_type: z.string(), size_bytes: z.number() });
const hit = z.object({ conversationId: z.string(), title: z.string(), messageId: z.string(), role: messageSchema.shape.role, snippet: z.string(), createdAtMs: z.number() });

/** A message that a search has found, with the words around the place. */
export type SearchHit = z.infer<typeof hit>;

/** The only file with SQL on `messages`, their attachments and their index. */
export class MessageRepository {
  readonly #database: Database;
  readonly #insert;
  readonly #update;
  readonly #list;
  readonly #has;
  readonly #listAttachments;
  readonly #getAttachment;
  readonly #insertAttachment;
  readonly #endUnfinished;
  readonly #delete;
  readonly #deleteAttachments;
  readonly #search;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare<[Record<string, unknown>]>(`
      INSERT INTO messages (id, conversation_id, parent_id, role, lane, content, thinking, tool_calls, model, status, problem, finish_reason, prompt_tokens, completion_tokens,
        first_token_ms, thinking_ms, total_ms, tokens_per_second, created_at_ms)
      VALUES (@id, @conversationId, @parentId, @role, @lane, @content, @thinking, @toolCalls, @model, @status, @problem, @finishReason, @promptTokens, @completionTokens,
        @firstTokenMs, @thinkingMs, @totalMs, @tokensPerSecond, @createdAtMs)`);
    this.#update = database.prepare<[Record<string, unknown>]>(`
      UPDATE messages SET content = @content, thinking = @thinking, tool_calls = @toolCalls, status = @status, problem = @problem, finish_reason = @finishReason, prompt_tokens = @promptTokens,
        completion_tokens = @completionTokens, first_token_ms = @firstTokenMs, thinking_ms = @thinkingMs, total_ms = @totalMs, tokens_per_second = @tokensPerSecond WHERE id = @id`);
    this.#list = database.prepare<[string]>('SELECT * FROM messages WHERE conversation_id = ? ORDER BY number');
    this.#has = database.prepare<[string, string]>('SELECT 1 FROM messages WHERE conversation_id = ? AND id = ?');
    this.#listAttachments = database.prepare<[string]>(`
      SELECT message_id, kind, name, media_type, size_bytes FROM attachments WHERE message_id IN (SELECT id FROM messages WHERE conversation_id = ?) ORDER BY message_id, position`);
    this.#getAttachment = database.prepare<[string, number]>('SELECT kind, name, media_type AS mediaType, size_bytes AS sizeBytes, data FROM attachments WHERE message_id = ? ORDER BY position LIMIT 1 OFFSET ?');
    this.#insertAttachment = database.prepare<[Record<string, unknown>]>(`
      INSERT INTO attachments (message_id, position, kind, name, media_type, size_bytes, data) VALUES (@messageId, @position, @kind, @name, @mediaType, @sizeBytes, @data)`);
    this.#endUnfinished = database.prepare("UPDATE messages SET status = 'stopped' WHERE status IN ('waiting', 'streaming')");
    this.#delete = database.prepare<[string]>('DELETE FROM messages WHERE id = ?');
    this.#deleteAttachments = database.prepare<[string]>('DELETE FROM attachments WHERE message_id = ?');
    this.#search = database.prepare<[string, number]>(`
      SELECT messages.conversation_id AS conversationId, conversations.title, messages.id AS messageId, messages.role, messages.created_at_ms AS createdAtMs, snippet(messages_text, 0, char(2), char(3), '…', 14) AS snippet
      FROM messages_text JOIN messages ON messages.number = messages_text.rowid JOIN conversations ON conversations.id = messages.conversation_id
      WHERE messages_text MATCH ? ORDER BY rank LIMIT ?`);
  }

  /** Adds messages with what is attached to them, all or none. */
  add(messages: readonly Message[], attachments: readonly Attachment[] = []): void {
    this.#database.transaction(() => {
      for (const message of messages) this.#insert.run(toParameters(message));
      const first = messages[0];
      if (first !== undefined) attachments.forEach((one, position) => this.#insertAttachment.run({ ...one, messageId: first.id, position }));
    })();
  }

  /** Writes what may change of it. */
  update(message: Message): void {
    const { content, thinking, toolCalls, status, problem, finishReason, promptTokens, completionTokens, firstTokenMs, thinkingMs, totalMs, tokensPerSecond, id } = toParameters(message);
    this.#update.run({ content, thinking, toolCalls, status, problem, finishReason, promptTokens, completionTokens, firstTokenMs, thinkingMs, totalMs, tokensPerSecond, id });
  }

  /** In the order in which they were written. */
  list(conversationId: string): Message[] {
    const attached = Object.groupBy(this.#listAttachments.all(conversationId).map((raw) => attachmentRow.parse(raw)), ({ message_id: id }) => id);
    return this.#list.all(conversationId).map((raw) => toMessage(row.parse(raw), attached));
  }

  has(conversationId: string, id: string): boolean {
    return this.#has.get(conversationId, id) !== undefined;
  }

  findAttachment(messageId: string, index: number): Attachment | null {
    const raw = this.#getAttachment.get(messageId, index);
    return raw === undefined ? null : attachmentSchema.parse(raw);
  }

  listAttachments({ id, attachments }: Pick<Message, 'id' | 'attachments'>): Attachment[] {
    return attachments.flatMap((_, index) => this.findAttachment(id, index) ?? []);
  }

  /** Marks as stopped what an earlier backend could not end; gives their number. */
  endUnfinished(): number {
    return this.#endUnfinished.run().changes;
  }

  delete(ids: readonly string[]): void {
    this.#database.transaction(() => {
      for (const id of ids) {
        this.#deleteAttachments.run(id);
        this.#delete.run(id);
      }
    })();
  }

  /** Best first; the query is FTS5's. */
  search(query: string, limit: number): SearchHit[] {
    return this.#search.all(query, limit).map((raw) => hit.parse(raw));
  }
}

function toParameters(message: Message): Record<string, unknown> {
  const { attachments: _attachments, ...columns } = message;
  return { ...columns, toolCalls: JSON.stringify(message.toolCalls) };
}

function toMessage(kept: z.infer<typeof row>, attached: Partial<Record<string, z.infer<typeof attachmentRow>[]>>): Message {
  const attachments = (attached[kept.id] ?? []).map(({ kind, name, media_type: mediaType, size_bytes: sizeBytes }) => ({ kind, name, mediaType, sizeBytes }));
  return messageSchema.parse({
    id: kept.id, conversationId: kept.conversation_id, parentId: kept.parent_id, role: kept.role, lane: kept.lane, content: kept.content, thinking: kept.thinking, toolCalls: kept.tool_calls, attachments,
    model: kept.model, status: kept.status, problem: kept.problem, finishReason: kept.finish_reason, promptTokens: kept.prompt_tokens, completionTokens: kept.completion_tokens,
    firstTokenMs: kept.first_token_ms, thinkingMs: kept.thinking_ms, totalMs: kept.total_ms, tokensPerSecond: kept.tokens_per_second, createdAtMs: kept.created_at_ms,
  });
}
