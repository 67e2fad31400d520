import { createId } from '../../../../base/ids.ts';
import { askEngine, readJson, takeSlot } from '../exchange/engineCall.ts';
import { JSON_TYPE } from '../generation/answer.ts';
import { prepareBody } from '../generation/prepareBody.ts';
import { runGeneration } from '../generation/runGeneration.ts';
import { asObject, asObjects, asString, type JsonObject } from '../json.ts';
import { MessagesAnswer } from '../messages/messagesAnswer.ts';
import { toChatBody } from '../messages/toChat.ts';
import { PLAIN_ANSWER, requireModel, runExchange, type ExchangeContext, type PortCall } from '../portCall.ts';
import { parseBody, readKeepSeconds, requireString } from '../requestBody.ts';

/** POST /v1/messages, Anthropic's. */
export async function answerMessages(call: PortCall): Promise<void> {
  const asked = parseBody(call.body);
  const model = requireString(asked, 'model');
  const config = requireModel(call, model);
  const body = prepareBody('chat', toChatBody(asked, config.engine), config);
  const answer = new MessagesAnswer({ isStream: asked['stream'] === true, id: createId('msg', call.deps.clock.nowMs()), model });
  await runExchange(call, { model, config, answer }, (context) => runGeneration({ ...context, answer }, { kind: 'chat', body, keepSeconds: readKeepSeconds(asked) }));
}

/** POST /v1/messages/count_tokens: as the model's own template and words have it. */
export async function answerTokenCount(call: PortCall): Promise<void> {
  const asked = parseBody(call.body);
  const model = requireString(asked, 'model');
  const config = requireModel(call, model);
  const body = prepareBody('chat', toChatBody(asked, config.engine), config);
  await runExchange(call, { model, config, answer: PLAIN_ANSWER }, async (context) => {
    const count = await countTokens(context, body);
    context.wire.sendWhole(200, { 'content-type': JSON_TYPE, 'cache-control': 'no-store' }, JSON.stringify({ input_tokens: count }));
  });
}

async function countTokens({ deps, exchange, priority }: ExchangeContext, body: JsonObject): Promise<number> {
  using slot = await takeSlot(deps, exchange, priority);
  const ask = async (path: string, question: JsonObject): Promise<JsonObject> => asObject(await readJson(await askEngine(deps, { slot, signal: exchange.signal }, { method: 'POST', path, body: JSON.stringify(question) })));
  const { prompt } = await ask('/apply-template', { messages: asObjects(body['messages']).map(withTextOnly), ...(body['tools'] !== undefined && { tools: body['tools'] }) });
  const { tokens } = await ask('/tokenize', { content: asString(prompt) ?? '', add_special: true, parse_special: true });
  return Array.isArray(tokens) ? tokens.length : 0;
}

/** Templates are filled with words; what a picture takes is not known before it is seen. */
function withTextOnly(message: JsonObject): JsonObject {
  return Array.isArray(message['content']) ? { ...message, content: asObjects(message['content']).flatMap(({ text }) => asString(text) ?? []).join('\n') } : message;
}
