import { z } from 'zod';
import { chatSampling, conversation as conversationSchema, type Conversation } from '#contract/conversations.ts';
import type { Database } from '../../platform/sqlite/database.ts';

const json = z.string().transform((text): unknown => JSON.parse(text));
const row = z.object({
  id: z.string(), title: z.string(), model: z.string().nullable(), compare_model: z.string().nullable(), system_prompt: z.string(), sampling: json.pipe(chatSampling),
  leaf_id: z.string().nullable(), is_pinned: z.int(), created_at_ms: z.number(), updated_at_ms: z.number(), message_count: z.int(),
});

const SELECT = 'SELECT *, (SELECT count(*) FROM messages WHERE conversation_id = conversations.id) AS message_count FROM conversations';

/** The only file with SQL on `conversations`. */
export class ConversationRepository {
  readonly #save;
  readonly #get;
  readonly #list;
  readonly #delete;

  constructor(database: Database) {
    this.#save = database.prepare<[Record<string, unknown>]>(`
      INSERT INTO conversations (id, title, model, compare_model, system_prompt, sampling, leaf_id, is_pinned, created_at_ms, updated_at_ms)
      VALUES (@id, @title, @model, @compareModel, @systemPrompt, @sampling, @leafId, @isPinned, @createdAtMs, @updatedAtMs)
      ON CONFLICT (id) DO UPDATE SET title = excluded.title, model = excluded.model, compare_model = excluded.compare_model, system_prompt = excluded.system_prompt,
        sampling = excluded.sampling, leaf_id = excluded.leaf_id, is_pinned = excluded.is_pinned, updated_at_ms = excluded.updated_at_ms`);
    this.#get = database.prepare<[string]>(`${SELECT} WHERE id = ?`);
    this.#list = database.prepare(`${SELECT} ORDER BY updated_at_ms DESC, rowid DESC`);
    this.#delete = database.prepare<[string]>('DELETE FROM conversations WHERE id = ?');
  }

  /** Inserts it, or writes what may change of it. */
  save(conversation: Omit<Conversation, 'messageCount'>): void {
    this.#save.run({ ...conversation, sampling: JSON.stringify(conversation.sampling), isPinned: conversation.isPinned ? 1 : 0 });
  }

  find(id: string): Conversation | null {
    const raw = this.#get.get(id);
    return raw === undefined ? null : toConversation(raw);
  }

  /** Newest first. */
  list(): Conversation[] {
    return this.#list.all().map(toConversation);
  }

  /** Its messages must have gone before. */
  delete(id: string): void {
    this.#delete.run(id);
  }
}

function toConversation(raw: unknown): Conversation {
  const kept = row.parse(raw);
  return conversationSchema.parse({
    id: kept.id, title: kept.title, model: kept.model, compareModel: kept.compare_model, systemPrompt: kept.system_prompt, sampling: kept.sampling,
    leafId: kept.leaf_id, messageCount: kept.message_count, isPinned: kept.is_pinned === 1, createdAtMs: kept.created_at_ms, updatedAtMs: kept.updated_at_ms,
  });
}
