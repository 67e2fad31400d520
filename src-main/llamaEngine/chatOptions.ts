import type { ChatDelta } from './chatParser.ts';
import type { GenerationOptions, TokenChance } from './textGeneration.ts';

/** How one answer to a chat is generated, and who hears of it. */
export interface ChatOptions extends GenerationOptions {
  readonly maxToolCalls: number | null;
  readonly onDelta: (delta: ChatDelta) => void;
  /** The chances of the tokens of the text so far; marks of thoughts and calls among them. */
  readonly onChances: (chances: readonly TokenChance[]) => void;
}
