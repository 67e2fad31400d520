import { asString, isObject, type JsonObject } from '../json.ts';

/** A response that was given, with all that was said up to it. */
export interface StoredResponse { readonly keyId: string | null; readonly items: readonly JsonObject[]; readonly response: JsonObject }

const MAX_RESPONSES = 500;
const MAX_LETTERS = 32 * 1024 * 1024;

/** Remembers responses in memory, so that the next can go on from one; the oldest are forgotten first, all at the end. */
export class ResponseStore {
  readonly #kept = new Map<string, StoredResponse & { readonly letterCount: number }>();
  /** The newest response that holds an item, so that one is known for as long as any conversation with it is. */
  readonly #items = new Map<string, { readonly item: JsonObject; readonly responseId: string }>();
  #letterCount = 0;

  /** One that is larger than all may be together is not kept. */
  put(id: string, stored: StoredResponse): void {
    const letterCount = countLetters(stored.items) + countLetters(stored.response);
    if (letterCount > MAX_LETTERS) return;
    this.#kept.set(id, { ...stored, letterCount });
    this.#letterCount += letterCount;
    for (const [name, item] of nameItems(stored)) this.#items.set(name, { item, responseId: id });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_RESPONSES && this.#letterCount <= MAX_LETTERS) return;
      this.#forget(oldest);
    }
  }

  /** Only for whom it was given to; null when it is not known or forgotten. */
  get(id: string, keyId: string | null): StoredResponse | null {
    const stored = this.#kept.get(id);
    return stored?.keyId === keyId ? stored : null;
  }

  /** One item of what was said, by its id; only for whom it was said to. */
  getItem(id: string, keyId: string | null): JsonObject | null {
    return this.#items.get(toName(id, keyId))?.item ?? null;
  }

  delete(id: string, keyId: string | null): boolean {
    if (this.get(id, keyId) === null) return false;
    this.#forget(id);
    return true;
  }

  #forget(id: string): void {
    const stored = this.#kept.get(id);
    if (stored === undefined) return;
    this.#letterCount -= stored.letterCount;
    this.#kept.delete(id);
    this.#handOn(new Set(nameItems(stored).flatMap(([name]) => (this.#items.get(name)?.responseId === id ? [name] : []))));
  }

  /** Items whose newest response is gone belong to the newest of the rest. */
  #handOn(names: ReadonlySet<string>): void {
    for (const name of names) this.#items.delete(name);
    if (names.size === 0) return;
    for (const [responseId, stored] of this.#kept) {
      for (const [name, item] of nameItems(stored)) if (names.has(name)) this.#items.set(name, { item, responseId });
    }
  }
}

/** About as many as its JSON has, without writing it. */
function countLetters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + countLetters(one) + 1, 0);
  return isObject(value) ? Object.entries(value).reduce((sum, [name, inner]) => sum + name.length + countLetters(inner), 0) : 4;
}

function nameItems({ items, keyId }: StoredResponse): [string, JsonObject][] {
  return items.flatMap((item) => {
    const id = asString(item['id']);
    return id === null ? [] : [[toName(id, keyId), item]];
  });
}

function toName(id: string, keyId: string | null): string {
  return JSON.stringify([keyId, id]);
}
