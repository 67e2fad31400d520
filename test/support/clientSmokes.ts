import Anthropic from '@anthropic-ai/sdk';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';

/** A port with models behind it, and what they are known to answer. */
export interface ClientPlace {
  readonly url: string;
  readonly apiKey: string;
  readonly model: string;
  readonly prompt: string;
  readonly answer: string;
  readonly tool: { readonly model: string; readonly prompt: string; readonly name: string; readonly args: object };
  /** Null where no engine embeds. */
  readonly embedding: { readonly model: string; readonly length: number };
}

const toCall = (name: string, text: string): unknown => ({ name, args: JSON.parse(text) as unknown });

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;

/** What each client makes of the port; all of them must say the same. */
export interface ClientReport { readonly whole: string; readonly streamed: string; readonly tool: unknown; readonly promptTokens: number; readonly completionTokens: number }

type Smoke = (place: ClientPlace) => Promise<ClientReport>;

const openai: Smoke = async ({ url, apiKey, model, prompt, tool }) => {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: prompt }];
  const whole = await client.chat.completions.create({ model, messages });
  let streamed = '';
  const totals: number[] = [];
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })) {
    for (const { delta } of chunk.choices) streamed += delta.content ?? '';
    if (chunk.usage) totals.push(chunk.usage.total_tokens);
  }
  if (totals.join() !== String(whole.usage?.total_tokens)) throw new Error('a stream counts otherwise');
  const called = await client.chat.completions.stream({ model: tool.model, messages: [{ role: 'user', content: tool.prompt }], tools: [{ type: 'function', function: { name: tool.name, parameters: PARAMETERS } }] }).finalChatCompletion();
  const [call] = called.choices.flatMap(({ message }) => message.tool_calls ?? []);
  const content = whole.choices.map((choice) => choice.message.content ?? '').join('');
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = whole.usage ?? { prompt_tokens: 0, completion_tokens: 0 };
  return { whole: content, streamed, tool: call?.type === 'function' ? toCall(call.function.name, call.function.arguments) : null, promptTokens, completionTokens };
};

const openaiResponses: Smoke = async ({ url, apiKey, model, prompt, tool }) => {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
  const whole = await client.responses.create({ model, input: prompt, instructions: 'Be brief.' });
  const followed = await client.responses.create({ model, input: prompt, previous_response_id: whole.id });
  if (followed.output_text !== whole.output_text) throw new Error('the next response is another');
  let streamed = '';
  const stream = client.responses.stream({ model, input: [{ role: 'user', content: prompt }] });
  for await (const event of stream) if (event.type === 'response.output_text.delta') streamed += event.delta;
  const last = await stream.finalResponse();
  if (last.output_text !== streamed || last.status !== 'completed') throw new Error('the stream ends otherwise');
  const called = await client.responses.create({ model: tool.model, input: tool.prompt, tools: [{ type: 'function', name: tool.name, parameters: PARAMETERS, strict: false }] });
  const call = called.output.find((item) => item.type === 'function_call');
  const { input_tokens: promptTokens, output_tokens: completionTokens } = last.usage ?? { input_tokens: 0, output_tokens: 0 };
  return { whole: whole.output_text, streamed, tool: call?.type === 'function_call' ? toCall(call.name, call.arguments) : null, promptTokens, completionTokens };
};

const anthropic: Smoke = async ({ url, apiKey, model, prompt, tool }) => {
  const client = new Anthropic({ baseURL: url, apiKey, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: prompt }];
  const whole = await client.messages.create({ model, max_tokens: 200, messages });
  let streamed = '';
  const stream = client.messages.stream({ model, max_tokens: 200, messages }).on('text', (text) => { streamed += text; });
  const last = await stream.finalMessage();
  const counted = await client.messages.countTokens({ model, messages });
  if (counted.input_tokens < 1 || last.stop_reason !== 'end_turn') throw new Error('not counted, or not ended');
  const called = await client.messages.stream({ model: tool.model, max_tokens: 200, messages: [{ role: 'user', content: tool.prompt }], tools: [{ name: tool.name, input_schema: { ...PARAMETERS, required: ['city'] } }] }).finalMessage();
  const call = called.content.find((block) => block.type === 'tool_use');
  const text = whole.content.find((block) => block.type === 'text');
  return { whole: text?.type === 'text' ? text.text : '', streamed, tool: call?.type === 'tool_use' ? { name: call.name, args: call.input } : null, promptTokens: last.usage.input_tokens + (last.usage.cache_read_input_tokens ?? 0), completionTokens: last.usage.output_tokens };
};

const ollama: Smoke = async ({ url, apiKey, model, prompt, tool }) => {
  const client = new Ollama({ host: url, headers: { authorization: `Bearer ${apiKey}` } });
  const messages = [{ role: 'user', content: prompt }];
  const whole = await client.chat({ model, messages });
  let streamed = '';
  for await (const part of await client.chat({ model, messages, stream: true })) streamed += part.message.content;
  const generated = await client.generate({ model, prompt });
  const { models } = await client.list();
  await client.show({ model });
  await client.ps();
  if (generated.response !== whole.message.content || !models.some(({ name }) => name === model)) throw new Error('generate or list say otherwise');
  const called = await client.chat({ model: tool.model, messages: [{ role: 'user', content: tool.prompt }], tools: [{ type: 'function', function: { name: tool.name, description: '', parameters: { ...PARAMETERS, required: ['city'] } } }] });
  const call = called.message.tool_calls?.[0];
  return { whole: whole.message.content, streamed, tool: call === undefined ? null : { name: call.function.name, args: call.function.arguments }, promptTokens: whole.prompt_eval_count, completionTokens: whole.eval_count };
};

/** Its own type of an answer says nothing of the tokens. */
function readTokens(answer: object): { promptTokens: number; completionTokens: number } {
  const { usage_metadata: usage } = answer as { usage_metadata?: { input_tokens: number; output_tokens: number } };
  return { promptTokens: usage?.input_tokens ?? 0, completionTokens: usage?.output_tokens ?? 0 };
}

const langchain: Smoke = async ({ url, apiKey, model, prompt, tool }) => {
  const client = new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: `${url}/v1` } });
  const whole = await client.invoke(prompt);
  let streamed = '';
  for await (const chunk of await client.stream(prompt)) streamed += chunk.text;
  const called = await new ChatOpenAI({ model: tool.model, apiKey, maxRetries: 0, configuration: { baseURL: `${url}/v1` } }).bindTools([{ type: 'function', function: { name: tool.name, parameters: PARAMETERS } }]).invoke(tool.prompt);
  const call = called.tool_calls?.[0];
  return { whole: whole.text, streamed, tool: call === undefined ? null : { name: call.name, args: call.args }, ...readTokens(whole) };
};

const aiSdk: Smoke = async ({ url, apiKey, model, prompt, tool }) => {
  const provider = createOpenAICompatible({ name: 'wheelhouse', baseURL: `${url}/v1`, apiKey, includeUsage: true });
  const whole = await generateText({ model: provider(model), prompt, maxRetries: 0 });
  const stream = streamText({ model: provider(model), prompt, maxRetries: 0 });
  let streamed = '';
  for await (const text of stream.textStream) streamed += text;
  const { jsonSchema, tool: defineTool } = await import('ai');
  const called = await generateText({ model: provider(tool.model), prompt: tool.prompt, maxRetries: 0, tools: { [tool.name]: defineTool({ inputSchema: jsonSchema({ ...PARAMETERS, required: ['city'] }) }) } });
  const call = called.toolCalls[0];
  return { whole: whole.text, streamed, tool: call === undefined ? null : { name: call.toolName, args: call.input as unknown }, promptTokens: whole.usage.inputTokens ?? 0, completionTokens: whole.usage.outputTokens ?? 0 };
};

/** The clients that people use, each doing what it does most. */
export const CLIENT_SMOKES: readonly (readonly [string, Smoke])[] = [
  ['openai (node)', openai], ['openai (node), responses', openaiResponses], ['@anthropic-ai/sdk', anthropic], ['ollama', ollama], ['@langchain/openai', langchain], ['ai with @ai-sdk/openai-compatible', aiSdk],
];

/** [client, the length of its vector] */
export async function readVectorLengths({ url, apiKey, embedding }: ClientPlace): Promise<[string, number][]> {
  const openaiClient = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
  const ollamaClient = new Ollama({ host: url, headers: { authorization: `Bearer ${apiKey}` } });
  const vectors = await openaiClient.embeddings.create({ model: embedding.model, input: ['one', 'two'] });
  const embedded = await ollamaClient.embed({ model: embedding.model, input: ['one', 'two'] });
  return [['openai', vectors.data[1]?.embedding.length ?? 0], ['ollama', embedded.embeddings[1]?.length ?? 0]];
}

/** What openai for Python does, as a program that prints a report. Its arguments: address, key, model, prompt, tool's model, prompt and name. */
export const PYTHON_SMOKE = `
import json, sys
from openai import OpenAI
url, key, model, prompt, tool_model, tool_prompt, tool_name = sys.argv[1:]
client = OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
messages = [{"role": "user", "content": prompt}]
whole = client.chat.completions.create(model=model, messages=messages)
streamed = ""
for chunk in client.chat.completions.create(model=model, messages=messages, stream=True):
    streamed += chunk.choices[0].delta.content or ""
called = client.chat.completions.create(model=tool_model, messages=[{"role": "user", "content": tool_prompt}], tools=[{"type": "function", "function": {"name": tool_name, "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}])
call = called.choices[0].message.tool_calls[0].function
assert model in [m.id for m in client.models.list().data]
response = client.responses.create(model=model, input=prompt)
assert response.output_text == whole.choices[0].message.content, response.output_text
print(json.dumps({"whole": whole.choices[0].message.content, "streamed": streamed, "tool": {"name": call.name, "args": json.loads(call.arguments)}, "promptTokens": whole.usage.prompt_tokens, "completionTokens": whole.usage.completion_tokens}))
`;
