import type { ChatHistoryItem, ChatModelFunctions, ChatWrapper, ChatWrapperGeneratedContextState, LlamaModel, Token } from 'node-llama-cpp';
import { listStopMarks, needsSteering, toChatFormat, toMark, type ChatFormat } from './chatFormat.ts';

/** One chat prompt, rendered by the model's template. */
export interface ChatPrompt {
  readonly history: ChatHistoryItem[];
  readonly functions: ChatModelFunctions | undefined;
  readonly wrapper: ChatWrapper;
  readonly tokens: readonly Token[];
  readonly format: ChatFormat;
  readonly stopMarks: readonly string[];
  readonly isSteered: boolean;
  /** Whether the prompt ends within a thought that the answer goes on with. */
  readonly isThinking: boolean;
}

/** Renders a history whose last item is the turn to be generated. What the template throws passes through. */
export function renderChat(model: LlamaModel, wrapper: ChatWrapper, history: ChatHistoryItem[], functions: ChatModelFunctions | undefined): ChatPrompt {
  const render = (items: readonly ChatHistoryItem[]): ChatWrapperGeneratedContextState => wrapper.generateContextState({ chatHistory: items, ...(functions ? { availableFunctions: functions } : {}) });
  const plain = render(history);
  const format = toChatFormat(wrapper);
  const isSteered = needsSteering(plain);
  const state = !isSteered && opensThought(wrapper, history) ? render(withOpenThought(history)) : plain;
  return {
    history, functions, wrapper, format, isSteered,
    tokens: state.contextText.tokenize(model.tokenizer),
    stopMarks: listStopMarks(state),
    isThinking: toMark(state.contextText).trimEnd().endsWith(format.thought.open),
  };
}

/** Some models are made to think by a thought that their template opens for them. */
function opensThought({ settings }: ChatWrapper, history: readonly ChatHistoryItem[]): boolean {
  const { thought } = settings.segments ?? {};
  const last = history.at(-1);
  return thought?.openOnResponseStart === true && last?.type === 'model' && last.response.length === 0;
}

function withOpenThought(history: readonly ChatHistoryItem[]): ChatHistoryItem[] {
  return [...history.slice(0, -1), { type: 'model', response: [{ type: 'segment', segmentType: 'thought', text: '', ended: false }] }];
}
