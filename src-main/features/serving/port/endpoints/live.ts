import type { ServerResponse } from 'node:http';
import { DisposableStack } from '../../../../base/disposables.ts';
import { matchesModel } from '../../keys/modelPattern.ts';
import { COMMENT } from '../generation/answer.ts';
import type { JsonObject } from '../json.ts';
import { mayUse, requireModel, type PortCall } from '../portCall.ts';
import { listVisible, toRunning } from './control.ts';

const COMMENT_EVERY_MS = 10_000;
/** A reader that is slower than this is let go: it can come again. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/** GET /events: what is loaded and what runs, then each change, as server-sent events. */
export function answerEvents(call: PortCall): void {
  const { deps, caller, response } = call;
  const send = openStream(response, 'text/event-stream; charset=utf-8');
  const sendEvent = (event: string, data: JsonObject): void => { send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`); };
  // What a request calls its model is not always a name here: Ollama's clients say `demo:latest`.
  const isMine = (configId: string | null, name: string): boolean => {
    const config = (configId === null ? null : deps.models.find(configId)) ?? deps.models.find(name);
    return config !== null && mayUse(caller, config, name);
  };
  sendEvent('snapshot', { models: listVisible(call).map(toRunning), requests: deps.book.list().filter(({ configId, model }) => isMine(configId, model)) });
  const live = new DisposableStack();
  live.add(deps.control.onDidChange((model) => { if (isMine(model.configId, model.name)) sendEvent('model', toRunning(model)); }));
  live.add(deps.book.onDidChange((exchange) => {
    const request = exchange.describe();
    if (isMine(request.configId, request.model)) sendEvent('request', request);
  }));
  live.defer(deps.clock.every(COMMENT_EVERY_MS, () => { send(COMMENT); }));
  response.once('close', () => { live.dispose(); });
}

/** GET /logs: the last lines of one engine or of all that are loaded; `follow=true` goes on. */
export function answerLogs(call: PortCall): void {
  const { deps, caller, query, response } = call;
  const named = query.get('model');
  const configs = named === null
    ? deps.models.list().filter((config) => matchesModel(caller.models, config.name))
    : [requireModel(call, named)];
  const prefix = (name: string): string => (named === null ? `[${name}] ` : '');
  const send = openStream(response, 'text/plain; charset=utf-8');
  for (const config of configs) for (const line of deps.control.readLog(config)) send(`${prefix(config.name)}${line}\n`);
  if (query.get('follow') === null || query.get('follow') === 'false') { response.end(); return; }
  const names = new Map(configs.map(({ id, name }) => [String(id), name]));
  const live = deps.control.onDidLog(({ configId, line }) => {
    const name = names.get(configId);
    if (name !== undefined) send(`${prefix(name)}${line}\n`);
  });
  response.once('close', () => { live.dispose(); });
}

function openStream(response: ServerResponse, type: string): (text: string) => void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
  response.flushHeaders();
  return (text) => {
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    else if (!response.destroyed) response.write(text);
  };
}
