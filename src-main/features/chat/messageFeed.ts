import type { MessageChange } from '#contract/conversations.ts';
import type { Event } from '../../base/emitter.ts';

interface FeedOptions {
  /** Taken in the same tick as the subscription. */
  first: () => MessageChange;
  onDidChange: Event<MessageChange>;
  signal?: AbortSignal | undefined;
}

/** One conversation, live. What a slow reader has not taken yet is put together: one change a message, however long it waits. */
export async function* followMessages({ first, onDidChange, signal }: FeedOptions): AsyncGenerator<MessageChange, void, void> {
  const waiting = new Map<string, MessageChange>();
  let wake = Promise.withResolvers<undefined>();
  const end = (): void => { wake.resolve(undefined); };
  signal?.addEventListener('abort', end, { once: true });
  const subscription = onDidChange((change) => { addChange(waiting, change); wake.resolve(undefined); });
  try {
    yield first();
    while (signal?.aborted !== true) {
      for (const [key, change] of waiting) {
        waiting.delete(key);
        yield change;
      }
      if (waiting.size === 0) await wake.promise;
      wake = Promise.withResolvers();
    }
  } finally {
    signal?.removeEventListener('abort', end);
    subscription.dispose();
  }
}

function addChange(waiting: Map<string, MessageChange>, change: MessageChange): void {
  if (change.kind === 'delta') {
    const key = `delta ${change.messageId}`;
    const before = waiting.get(key);
    waiting.set(key, before?.kind === 'delta' ? { ...change, content: before.content + change.content, thinking: before.thinking + change.thinking } : change);
    return;
  }
  if (change.kind === 'snapshot') {
    waiting.clear();
    waiting.set('snapshot', change);
    return;
  }
  const id = change.kind === 'message' ? change.message.id : change.messageId;
  waiting.delete(`delta ${id}`);
  waiting.delete(`message ${id}`);
  waiting.set(`message ${id}`, change);
}
