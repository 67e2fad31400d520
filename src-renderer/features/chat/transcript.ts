import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Message, MessageChange } from '#contract/conversations.ts';
import type { Client } from '../../client/client.ts';

/** All messages of one conversation, oldest first, as the backend says. */
export interface TranscriptState { isReady: boolean; messages: readonly Message[] }
export type TranscriptStore = StoreApi<TranscriptState>;

type Pending = Exclude<MessageChange, { kind: 'snapshot' }>;

/** At most 30 times a second. */
const APPLY_MS = 32;

export function createTranscript(): TranscriptStore {
  return createStore<TranscriptState>(() => ({ isReady: false, messages: [] }));
}

/** Follows a conversation into its store until the stream ends; what comes between two drawn frames is applied at once. */
export async function followTranscript(store: TranscriptStore, client: Client, { conversation, signal }: { conversation: string; signal: AbortSignal }): Promise<void> {
  const gathered = new GatheredChanges(store);
  try {
    for await (const change of await client.conversations.follow({ conversation }, { signal })) gathered.add(change);
  } finally {
    gathered.flush();
  }
}

class GatheredChanges {
  readonly #store: TranscriptStore;
  #pending: Pending[] = [];
  #frame = 0;
  #appliedAtMs = 0;

  constructor(store: TranscriptStore) {
    this.#store = store;
  }

  add(change: MessageChange): void {
    if (change.kind === 'snapshot') {
      this.#pending = [];
      this.#store.setState({ isReady: true, messages: change.messages });
      return;
    }
    this.#pending.push(change);
    this.#frame ||= requestAnimationFrame(this.#applyInTime);
  }

  flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    this.#store.setState(({ messages }) => ({ messages: applyChanges(messages, pending) }));
  }

  readonly #applyInTime = (nowMs: number): void => {
    if (nowMs - this.#appliedAtMs < APPLY_MS) {
      this.#frame = requestAnimationFrame(this.#applyInTime);
      return;
    }
    this.#appliedAtMs = nowMs;
    this.flush();
  };
}

/** Messages after some changes; those that none of them touches are the same objects. */
export function applyChanges(messages: readonly Message[], changes: readonly Pending[]): Message[] {
  const byId = new Map<string, Message>(messages.map((message) => [message.id, message]));
  for (const change of changes) {
    if (change.kind === 'removed') byId.delete(change.messageId);
    else if (change.kind === 'message') byId.set(change.message.id, change.message);
    else addDelta(byId, change);
  }
  return [...byId.values()];
}

function addDelta(byId: Map<string, Message>, { messageId, content, thinking, completionTokens }: Extract<Pending, { kind: 'delta' }>): void {
  const message = byId.get(messageId);
  if (message === undefined) return;
  byId.set(messageId, { ...message, status: 'streaming', content: message.content + content, thinking: message.thinking + thinking, completionTokens });
}
