import type { Migration } from '../migration.ts';

/** Messages come into the index when they are finished, not with each piece that is added to them. */
export const addConversations: Migration = {
  version: 8,
  up: `
    CREATE TABLE conversations (
      id TEXT PRIMARY KEY,
      title TEXT NOT NULL,
      model TEXT,
      compare_model TEXT,
      system_prompt TEXT NOT NULL,
      sampling TEXT NOT NULL,
      leaf_id TEXT,
      is_pinned INTEGER NOT NULL,
      created_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX conversations_by_time ON conversations (updated_at_ms);
    CREATE TABLE messages (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      conversation_id TEXT NOT NULL REFERENCES conversations (id),
      parent_id TEXT,
      role TEXT NOT NULL,
      lane TEXT NOT NULL,
      content TEXT NOT NULL,
      thinking TEXT NOT NULL,
      tool_calls TEXT NOT NULL,
      model TEXT,
      status TEXT NOT NULL,
      problem TEXT,
      finish_reason TEXT,
      prompt_tokens INTEGER,
      completion_tokens INTEGER,
      first_token_ms REAL,
      thinking_ms REAL,
      total_ms REAL,
      tokens_per_second REAL,
      created_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX messages_by_conversation ON messages (conversation_id, number);
    CREATE INDEX messages_unfinished ON messages (number) WHERE status IN ('waiting', 'streaming');
    CREATE TABLE attachments (
      message_id TEXT NOT NULL,
      position INTEGER NOT NULL,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      media_type TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      data TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX attachments_by_message ON attachments (message_id, position);

    CREATE VIRTUAL TABLE messages_text USING fts5(content, content = 'messages', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2');
    CREATE TRIGGER messages_text_added AFTER INSERT ON messages WHEN new.status NOT IN ('waiting', 'streaming') BEGIN
      INSERT INTO messages_text (rowid, content) VALUES (new.number, new.content);
    END;
    CREATE TRIGGER messages_text_changed AFTER UPDATE OF content, status ON messages BEGIN
      INSERT INTO messages_text (messages_text, rowid, content) SELECT 'delete', old.number, old.content WHERE old.status NOT IN ('waiting', 'streaming');
      INSERT INTO messages_text (rowid, content) SELECT new.number, new.content WHERE new.status NOT IN ('waiting', 'streaming');
    END;
    CREATE TRIGGER messages_text_removed AFTER DELETE ON messages WHEN old.status NOT IN ('waiting', 'streaming') BEGIN
      INSERT INTO messages_text (messages_text, rowid, content) VALUES ('delete', old.number, old.content);
    END;
  `,
};
