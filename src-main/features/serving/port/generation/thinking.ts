import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { JsonObject } from '../json.ts';

/** What a dialect says of a model's thoughts; null for what it left out. */
export interface ThinkingWish { readonly isOn: boolean | null; readonly effort: string | null; readonly budgetTokens: number | null }

/** Templates of local models take it as a variable of theirs. Services know OpenAI's field only, and some refuse any other. */
export function toThinkingFields({ isOn, effort, budgetTokens }: ThinkingWish, engine: ModelConfig['engine']): JsonObject {
  const forAll = effort === null ? {} : { reasoning_effort: effort };
  if (engine === 'external') return forAll;
  const variables = { ...(isOn !== null && { enable_thinking: isOn }), ...(effort !== null && effort !== 'none' && { reasoning_effort: effort }) };
  return { ...forAll, ...(Object.keys(variables).length > 0 && { chat_template_kwargs: variables }), ...(budgetTokens !== null && { thinking_budget_tokens: budgetTokens }) };
}

/** Earlier thoughts of a model, for its message. Most services refuse a message that has them. */
export function toThoughts(text: string, engine: ModelConfig['engine']): JsonObject {
  return text === '' || engine === 'external' ? {} : { reasoning_content: text };
}
