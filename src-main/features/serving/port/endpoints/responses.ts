import { createId } from '../../../../base/ids.ts';
import { prepareBody } from '../generation/prepareBody.ts';
import { runGeneration } from '../generation/runGeneration.ts';
import { asString, type JsonObject } from '../json.ts';
import { requireModel, runExchange, type PortCall } from '../portCall.ts';
import { badRequest, createProblem, PortError } from '../portError.ts';
import { parseBody, readKeepSeconds, requireString } from '../requestBody.ts';
import { readInput } from '../responses/inputItems.ts';
import { ResponsesAnswer } from '../responses/responsesAnswer.ts';
import type { StoredResponse } from '../responses/responseStore.ts';
import { toChatBody } from '../responses/toChat.ts';
import { sendJson } from '../sendJson.ts';

/** What is said back of the request as it was, with the value that stands where it was left out. */
const ECHOED: readonly (readonly [string, unknown])[] = [
  ['instructions', null], ['max_output_tokens', null], ['metadata', {}], ['parallel_tool_calls', true], ['previous_response_id', null], ['reasoning', { effort: null, summary: null }], ['temperature', null],
  ['text', { format: { type: 'text' } }], ['tool_choice', 'auto'], ['tools', []], ['top_p', null], ['truncation', 'disabled'], ['user', null], ['background', false],
];

/** POST /v1/responses */
export async function answerResponses(call: PortCall): Promise<void> {
  const { deps, caller } = call;
  const asked = parseBody(call.body);
  const model = requireString(asked, 'model');
  const config = requireModel(call, model);
  const history = readHistory(call, asString(asked['previous_response_id']));
  const items = [...history, ...readInput(asked['input'], (id) => deps.responses.getItem(id, caller.keyId))];
  const body = prepareBody('chat', toChatBody(asked, items, config.engine), config);
  const newId = (prefix: string): string => createId(prefix, deps.clock.nowMs());
  const id = newId('resp');
  const isStored = asked['store'] !== false;
  const answer = new ResponsesAnswer({
    isStream: asked['stream'] === true, createId: newId,
    base: { id, object: 'response', created_at: Math.floor(deps.clock.nowMs() / 1_000), model, store: isStored, ...call.longTexts.restoreValue(Object.fromEntries(ECHOED.map(([name, fallback]) => [name, asked[name] ?? fallback]))) },
    onDone: (response, output) => { if (isStored) deps.responses.put(id, { keyId: caller.keyId, items: call.longTexts.restoreValue([...items, ...output]), response }); },
  });
  await runExchange(call, { model, config, answer }, (context) => runGeneration({ ...context, answer }, { kind: 'chat', body, keepSeconds: readKeepSeconds(asked) }));
}

function readHistory({ deps, caller }: PortCall, id: string | null): readonly JsonObject[] {
  if (id === null) return [];
  const stored = deps.responses.get(id, caller.keyId);
  if (stored === null) throw badRequest(`The previous response "${id}" is not known any more; send its messages again.`, 'previous_response_id', 'previous_response_not_found');
  return stored.items;
}

/** GET /v1/responses/{id} */
export function answerStoredResponse(call: PortCall): void {
  sendJson(call.response, 200, requireStored(call).response);
}

/** DELETE /v1/responses/{id} */
export function answerResponseRemoval(call: PortCall): void {
  requireStored(call);
  const id = call.params['id'] ?? '';
  call.deps.responses.delete(id, call.caller.keyId);
  sendJson(call.response, 200, { id, object: 'response', deleted: true });
}

function requireStored({ deps, caller, params }: PortCall): StoredResponse {
  const stored = deps.responses.get(params['id'] ?? '', caller.keyId);
  if (stored === null) throw new PortError(createProblem(404, 'response_not_found', 'No such response is remembered.', { param: 'id' }));
  return stored;
}
