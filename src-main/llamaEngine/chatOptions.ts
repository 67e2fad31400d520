import type { LlamaGrammar } from 'node-llama-cpp';
import type { ChatDelta } from './chatParser.ts';
import type { Sampling } from './sampling.ts';
import type { TokenChance } from './textGeneration.ts';

/** How one answer to a chat is generated, and who hears of it. */
export interface ChatOptions {
  readonly sampling: Sampling;
  readonly penalties: { penalty: number; frequencyPenalty: number; presencePenalty: number } | null;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly grammar: LlamaGrammar | null;
  readonly maxToolCalls: number | null;
  readonly batchTokens: number;
  readonly signal: AbortSignal;
  /** How many of the likeliest tokens to tell for each; null tells none. */
  readonly topChances: number | null;
  readonly onDelta: (delta: ChatDelta) => void;
  /** The chances of the tokens of the text so far; marks of thoughts and calls among them. */
  readonly onChances: (chances: readonly TokenChance[]) => void;
}
