import { asNumber, asObject, asString, isObject, parseJson } from '../json.ts';
import { createProblem, type PortProblem } from '../portError.ts';

const MAX_MESSAGE_LETTERS = 2_000;
const CONTEXT_WORDS = /exceed.{0,40}context|context (length|size|window).{0,40}exceed|maximum context length|larger than the (max|maximum) context/i;
/** llama-server answers 500 where a field has the wrong type or a template refuses the messages. Source: tools/server of llama.cpp v0.4.0. */
const BAD_INPUT_WORDS = new RegExp([
  'json\\.exception', 'parse error', 'invalid json', 'type must be', 'Missing [\'"]', 'Invalid [\'"]', 'Invalid base64', 'is required', 'must be (a|an|of)\\b', 'must not be empty', 'jinja', 'chat template', 'grammar',
  'unsupported content', 'Unsupported param', 'Cannot (use both|specify)', 'Failed to (load image|tokenize|parse (messages|tools|tool call))', 'no triggers set',
].join('|'), 'i');
/** What a model without a projector says of a picture. */
const BAD_MEDIA_WORDS = /(image|audio|video) input is not supported|does not support multimodal/i;

/**
 * Puts an engine's error into our words. They differ: llama-server has a numeric `code` and no `param`, vLLM has its
 * fields at the top, Ollama has one string, others have no JSON at all.
 */
export function translateEngineError(status: number, text: string): PortProblem {
  return toEngineProblem(status, readEngineError(parseJson(text) ?? text));
}

/** The same for an error that came as an event in the middle of a stream. */
export function translateStreamError(value: unknown): PortProblem {
  const error = readEngineError(value);
  return toEngineProblem(error.status ?? 500, error);
}

interface EngineErrorFacts { readonly message: string; readonly type: string | null; readonly code: string | null; readonly param: string | null; readonly status: number | null }

function readEngineError(value: unknown): EngineErrorFacts {
  const outer = asObject(value);
  const inner = isObject(outer['error']) ? outer['error'] : outer;
  const plain = asString(outer['error']) ?? asString(value) ?? '';
  const message = (asString(inner['message']) ?? asString(outer['detail']) ?? plain).slice(0, MAX_MESSAGE_LETTERS);
  return { message: message === '' ? 'The engine gave no reason.' : message, type: asString(inner['type']), code: asString(inner['code']), param: asString(inner['param']), status: asNumber(inner['code']) };
}

type Rule = (status: number, error: EngineErrorFacts) => PortProblem | null;

/** The first that knows the error says what it is. */
const RULES: readonly Rule[] = [
  (_status, { type, code, message, param }) => (type === 'exceed_context_size_error' || code === 'context_length_exceeded' || CONTEXT_WORDS.test(message) ? createProblem(400, 'context_length_exceeded', message, { param: param ?? 'messages' }) : null),
  (_status, { message }) => (BAD_MEDIA_WORDS.test(message) ? createProblem(400, 'unsupported_content', message, { param: 'messages' }) : null),
  (status, { message }) => (status === 503 ? createProblem(503, 'model_loading', message, { retryAfterMs: 1_000 }) : null),
  (status, { type, message }) => (status === 501 || type === 'not_supported_error' ? createProblem(501, 'not_supported', message, { shouldRetry: false }) : null),
  (status) => (status === 401 || status === 403 ? createProblem(502, 'engine_refused', 'The engine refused our key.', { shouldRetry: false }) : null),
  (status, { code, message }) => (status === 429 ? createProblem(429, code ?? 'rate_limit_exceeded', message, { retryAfterMs: 1_000 }) : null),
  (status, { code, message, param }) => (status >= 400 && status < 500 ? createProblem(status, code ?? 'invalid_request', message, { param }) : null),
  (_status, { message, param }) => (BAD_INPUT_WORDS.test(message) ? createProblem(400, 'invalid_request', message, { param }) : null),
];

function toEngineProblem(status: number, error: EngineErrorFacts): PortProblem {
  for (const rule of RULES) {
    const problem = rule(status, error);
    if (problem !== null) return problem;
  }
  return createProblem(status >= 500 && status < 600 ? status : 502, error.code ?? 'engine_error', error.message);
}
