/** A refusal in OpenAI's shape. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, number | string>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, number | string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export interface ErrorBody { readonly error: Readonly<Record<string, unknown>> & { readonly message: string; readonly type: string; readonly param: null; readonly code: string } }

/** What is answered for any error; one that is not a refusal is a fault of ours. */
export function toErrorBody(error: unknown): { status: number; body: ErrorBody } {
  const refusal = error instanceof ApiError ? error : new ApiError(500, 'engine_error', error instanceof Error ? error.message : String(error));
  const type = refusal.status < 500 ? 'invalid_request_error' : 'server_error';
  return { status: refusal.status, body: { error: { message: refusal.message, type, param: null, code: refusal.code, ...refusal.details } } };
}

/** The error of a prompt that leaves no room for one more token. */
export function contextExceeded(promptTokens: number, contextTokens: number): ApiError {
  return new ApiError(400, 'context_length_exceeded', `The prompt has ${promptTokens} tokens; the context holds ${contextTokens}`, { n_prompt_tokens: promptTokens, n_ctx: contextTokens });
}
