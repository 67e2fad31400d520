import { ChatWrapper, type ChatWrapperGenerateContextStateOptions, type ChatWrapperGeneratedContextState, type ChatWrapperSettings } from 'node-llama-cpp';

/** A model's own wrapper whose answer begins with a tool call: what `tool_choice: required` asks for. */
export class ForcedToolWrapper extends ChatWrapper {
  readonly wrapperName = 'ForcedTool';
  override readonly settings: ChatWrapperSettings;
  readonly #own: ChatWrapper;

  constructor(own: ChatWrapper) {
    super();
    this.#own = own;
    this.settings = own.settings;
  }

  override generateContextState(options: ChatWrapperGenerateContextStateOptions): ChatWrapperGeneratedContextState {
    const { contextText, stopGenerationTriggers } = this.#own.generateContextState(options);
    return { contextText, stopGenerationTriggers, functionCall: { initiallyEngaged: true, disengageInitiallyEngaged: [] } };
  }

  override generateFunctionCall(...args: Parameters<ChatWrapper['generateFunctionCall']>): ReturnType<ChatWrapper['generateFunctionCall']> {
    return this.#own.generateFunctionCall(...args);
  }

  override generateFunctionCallResult(...args: Parameters<ChatWrapper['generateFunctionCallResult']>): ReturnType<ChatWrapper['generateFunctionCallResult']> {
    return this.#own.generateFunctionCallResult(...args);
  }
}
