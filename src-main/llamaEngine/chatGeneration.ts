import type { LlamaModel } from 'node-llama-cpp';
import type { ChatOptions } from './chatOptions.ts';
import { ChatParser, type ChatDelta } from './chatParser.ts';
import type { ChatPrompt } from './chatPrompt.ts';
import type { SlotPool } from './slotPool.ts';
import { generateSteered } from './steeredChat.ts';
import { generateTextIn } from './textGeneration.ts';
import type { Generated } from './usage.ts';

/**
 * Generates one answer to a chat.
 * @throws ApiError context_length_exceeded; the signal's reason
 */
export async function generateChat(model: LlamaModel, slots: SlotPool, prompt: ChatPrompt, options: ChatOptions): Promise<Generated> {
  const slot = await slots.acquire(prompt.tokens, options.signal);
  try {
    if (prompt.isSteered) return await generateSteered(slot, prompt, options);
    return await generateFree(model, slot, prompt, options);
  } finally {
    slot.release();
  }
}

/** The model writes as it was taught; what it wrote is told apart afterwards. */
async function generateFree(model: LlamaModel, slot: Parameters<typeof generateTextIn>[1], prompt: ChatPrompt, options: ChatOptions): Promise<Generated> {
  const parser = new ChatParser(prompt.format, { hasTools: prompt.functions !== undefined, isThinking: prompt.isThinking });
  const enough = new AbortController();
  let calls = 0;
  const tell = (deltas: readonly ChatDelta[]): void => {
    for (const delta of deltas) {
      if (delta.kind === 'tool_call') calls += 1;
      if (calls <= (options.maxToolCalls ?? Infinity)) options.onDelta(delta);
    }
    if (calls >= (options.maxToolCalls ?? Infinity)) enough.abort();
  };
  const generated = await generateTextIn(model, slot, prompt.tokens, {
    ...options, stop: options.isEndIgnored ? options.stop : [...options.stop, ...prompt.stopMarks], hasSpecialText: true, enough: enough.signal,
    onText: (text, chances) => {
      if (chances.length > 0) options.onChances(chances);
      tell(parser.take(text));
    },
  });
  tell(parser.flush());
  return calls > 0 && generated.finishReason === 'stop' ? { ...generated, finishReason: 'tool_calls' } : generated;
}
