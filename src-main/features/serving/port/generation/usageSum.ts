import { asNumber, type JsonObject } from '../json.ts';

/**
 * Adds up what an engine says was used. llama-server says it once for each answer where several were asked for: for chats
 * in a piece without choices each, for plain texts in the last piece of each choice. Others say it once, for all.
 */
export class UsageSum {
  readonly #ofAll: JsonObject[] = [];
  readonly #ofChoices = new Map<number, JsonObject>();

  /** `choices`: the indices of those in the same piece. */
  add(usage: JsonObject, choices: readonly number[]): void {
    const [index] = choices;
    if (index === undefined) this.#ofAll.push(usage);
    else this.#ofChoices.set(choices.length === 1 ? index : 0, usage);
  }

  /** Empty when nothing was said. */
  toObject(): JsonObject {
    // Answers to one prompt say the same of it; each plain text may have a prompt of its own.
    return this.#ofAll.length > 0 ? join(this.#ofAll, (prompts) => Math.max(...prompts)) : join([...this.#ofChoices.values()], add);
  }
}

function join(usages: readonly JsonObject[], joinPrompts: (tokens: number[]) => number): JsonObject {
  const [first, ...others] = usages;
  if (first === undefined || others.length === 0) return first ?? {};
  return { ...first, prompt_tokens: joinPrompts(usages.map((usage) => asNumber(usage['prompt_tokens']) ?? 0)), completion_tokens: add(usages.map((usage) => asNumber(usage['completion_tokens']) ?? 0)) };
}

function add(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
