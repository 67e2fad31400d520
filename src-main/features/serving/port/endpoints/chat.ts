import { findUpstream } from '../generation/infillUpstream.ts';
import { prepareBody } from '../generation/prepareBody.ts';
import { OpenAiAssembly } from '../generation/openaiAssembly.ts';
import { OpenAiStream } from '../generation/openaiStream.ts';
import { runGeneration } from '../generation/runGeneration.ts';
import { asObject } from '../json.ts';
import { requireModel, runExchange, type PortCall } from '../portCall.ts';
import { parseBody, readKeepSeconds, requireString } from '../requestBody.ts';

/** POST /v1/chat/completions */
export function answerChat(call: PortCall): Promise<void> {
  return answerOpenAi(call, 'chat');
}

/** POST /v1/completions */
export function answerCompletion(call: PortCall): Promise<void> {
  return answerOpenAi(call, 'text');
}

async function answerOpenAi(call: PortCall, kind: 'chat' | 'text'): Promise<void> {
  const asked = parseBody(call.body);
  const model = requireString(asked, 'model');
  const config = requireModel(call, model);
  const body = prepareBody(kind, asked, config);
  const answer = asked['stream'] === true ? new OpenAiStream({ isUsageWanted: asObject(asked['stream_options'])['include_usage'] === true }) : new OpenAiAssembly(kind);
  await runExchange(call, { model, config, answer }, (context) => runGeneration({ ...context, deps: { ...context.deps, upstream: findUpstream(context, body) }, answer }, { kind, body, keepSeconds: readKeepSeconds(asked) }));
}
