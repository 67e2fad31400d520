import { z } from 'zod';
import { ApiError } from './apiError.ts';

const stopField = z.union([z.string(), z.array(z.string()).max(16)]).nullish().transform((stop) => (typeof stop === 'string' ? [stop] : stop ?? []).filter((text) => text !== ''));

/** What generation has in common. What a request leaves out is as llama-server's own defaults have it. */
const sampling = {
  model: z.string().optional(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  stop: stopField,
  seed: z.int().nullish(),
  temperature: z.number().min(0).max(100).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  repeat_penalty: z.number().min(0).max(10).nullish(),
  max_tokens: z.int().nullish(),
  ignore_eos: z.boolean().nullish(),
  n: z.int().min(1).max(16).nullish(),
};

const contentPart = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(contentPart)]).nullish().transform((value) => {
  if (typeof value === 'string' || value === null || value === undefined) return value ?? '';
  const other = value.find(({ type }) => type !== 'text' && type !== 'input_text');
  if (other) throw new ApiError(400, 'unsupported_content', `This engine takes text only, not ${other.type}`);
  return value.map(({ text }) => text ?? '').join('');
});

const toolCall = z.object({ id: z.string().optional(), function: z.object({ name: z.string(), arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish() }) });
export const chatMessage = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content,
  reasoning_content: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().nullish(),
  name: z.string().nullish(),
});
export type ChatMessage = z.infer<typeof chatMessage>;

const tool = z.object({ type: z.string().optional(), function: z.object({ name: z.string().min(1), description: z.string().nullish(), parameters: z.record(z.string(), z.unknown()).nullish() }) });
export type ToolDefinition = z.infer<typeof tool>;

export const responseFormat = z.union([
  z.object({ type: z.enum(['text', 'json_object']), schema: z.record(z.string(), z.unknown()).nullish() }),
  z.object({ type: z.literal('json_schema'), json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()).nullish() }) }),
]);

export const chatRequest = z.object({
  ...sampling,
  messages: z.array(chatMessage).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ function: z.object({ name: z.string() }) })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  max_completion_tokens: z.int().nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;

const tokenList = z.array(z.int().min(0));
export const completionRequest = z.object({
  ...sampling,
  prompt: z.union([z.string(), tokenList, z.array(z.string()), z.array(tokenList)]),
  suffix: z.string().nullish(),
  echo: z.boolean().nullish(),
  logprobs: z.int().min(0).max(20).nullish(),
  response_format: responseFormat.nullish(),
});
export type CompletionRequest = z.infer<typeof completionRequest>;
export type SamplingRequest = Pick<CompletionRequest, keyof typeof sampling>;

export const embeddingRequest = z.object({
  model: z.string().optional(),
  input: z.union([z.string(), tokenList, z.array(z.string()), z.array(tokenList)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
});

export const rerankRequest = z.object({
  model: z.string().optional(),
  query: z.string(),
  documents: z.array(z.union([z.string(), z.object({ text: z.string() })])).min(1),
  top_n: z.int().min(1).nullish(),
  return_documents: z.boolean().nullish(),
});

export const tokenizeRequest = z.object({ content: z.string(), add_special: z.boolean().default(false), parse_special: z.boolean().default(true), with_pieces: z.boolean().default(false) });
export const detokenizeRequest = z.object({ tokens: tokenList });
export const templateRequest = chatRequest.pick({ messages: true, tools: true, tool_choice: true });

/** Parses a body. @throws ApiError invalid_request that names the field */
export function parseRequest<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ApiError(400, 'invalid_request', issue ? `${issue.path.join('.')}: ${issue.message}` : 'The request is not valid');
}
