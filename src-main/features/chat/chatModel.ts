import type { ChatSampling } from '#contract/conversations.ts';

export type PromptPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** A message as an OpenAI-compatible model takes it. */
export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly PromptPart[];
}

/** A piece of a tool call; pieces of one `index` belong together. */
export interface ToolCallPiece {
  readonly index: number;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly arguments?: string | undefined;
}

/** What a model says, piece by piece. `failure` is the last piece of an answer that could not be ended. */
export type ChatPart =
  | { readonly kind: 'delta'; readonly content?: string; readonly thinking?: string; readonly toolCalls?: readonly ToolCallPiece[] }
  | { readonly kind: 'usage'; readonly promptTokens: number; readonly completionTokens: number }
  /** How fast the engine itself says that it wrote, and how much so far; null for what it does not say. */
  | { readonly kind: 'pace'; readonly tokensPerSecond: number | null; readonly completionTokens: number | null }
  | { readonly kind: 'finish'; readonly reason: string }
  | { readonly kind: 'failure'; readonly code: string; readonly message: string };

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly PromptMessage[];
  readonly sampling: ChatSampling;
  /** Whether the model's engine is one that tells its pace when it is asked to. */
  readonly tellsPace: boolean;
  readonly signal: AbortSignal;
}

/** Whoever answers questions: the serving port in the backend, a stand-in in tests. */
export interface ChatModel {
  /** Loads the model if it must. Ends without a failure when the signal is aborted. */
  stream(request: ChatRequest): AsyncIterable<ChatPart>;
  /** Ends what it holds open; nothing is asked of it any more. */
  close(): Promise<void>;
}

/** A model that can be asked. */
export interface ChatModelFacts {
  /** Whether it takes images; null where that is not known. */
  readonly canSee: boolean | null;
  /** Whether its engine is one that tells its pace; others may refuse to be asked. */
  readonly tellsPace: boolean;
}

/** Knows the models by name, alias or role; null for one that cannot be asked. */
export type FindChatModel = (name: string) => ChatModelFacts | null;
