import type { ApiKeyScope } from '#contract/apiKeys.ts';
import { answerChat, answerCompletion } from './endpoints/chat.ts';
import { answerCancel, answerFacts, answerLoad, answerRunning, answerUnload } from './endpoints/control.ts';
import { answerEvents, answerLogs } from './endpoints/live.ts';
import { answerMessages, answerTokenCount } from './endpoints/messages.ts';
import { answerModel, answerModels } from './endpoints/models.ts';
import { answerNative, answerTranscription, answerUpstream } from './endpoints/native.ts';
import { answerOllamaChat, answerOllamaEmbed, answerOllamaEmbeddings, answerOllamaGenerate, answerOllamaVersion, answerPs, answerShow, answerTags } from './endpoints/ollama.ts';
import { answerResponseRemoval, answerResponses, answerStoredResponse } from './endpoints/responses.ts';
import { answerEmbeddings, answerRerank } from './endpoints/vectors.ts';
import type { PortCall } from './portCall.ts';

/** One endpoint of the port. `endpoint` is its name in the ledger where that is not its path. */
export interface PortRoute {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly url: string;
  readonly scope: ApiKeyScope;
  readonly handle: (call: PortCall) => Promise<void> | void;
}

const get = (url: string, scope: ApiKeyScope, handle: PortRoute['handle']): PortRoute => ({ method: 'GET', url, scope, handle });
const head = (url: string, scope: ApiKeyScope, handle: PortRoute['handle']): PortRoute => ({ method: 'HEAD', url, scope, handle });
const post = (url: string, scope: ApiKeyScope, handle: PortRoute['handle']): PortRoute => ({ method: 'POST', url, scope, handle });

const NATIVE_PATHS = ['/completion', '/infill', '/tokenize', '/detokenize', '/apply-template'];

/** Everything that the port answers, in one list. */
export const PORT_ROUTES: readonly PortRoute[] = [
  get('/v1/models', 'read', answerModels), get('/v1/models/*', 'read', answerModel),
  post('/v1/chat/completions', 'infer', answerChat), post('/v1/completions', 'infer', answerCompletion),
  post('/v1/responses', 'infer', answerResponses), get('/v1/responses/:id', 'infer', answerStoredResponse), { method: 'DELETE', url: '/v1/responses/:id', scope: 'infer', handle: answerResponseRemoval },
  post('/v1/messages', 'infer', answerMessages), post('/v1/messages/count_tokens', 'infer', answerTokenCount),
  post('/v1/embeddings', 'infer', answerEmbeddings), post('/v1/rerank', 'infer', answerRerank), post('/v1/reranking', 'infer', answerRerank), post('/rerank', 'infer', answerRerank),
  post('/v1/audio/transcriptions', 'infer', answerTranscription),
  get('/running', 'read', answerRunning), post('/models/load', 'manage', answerLoad), post('/models/unload', 'manage', answerUnload), post('/cancel', 'infer', answerCancel),
  get('/events', 'read', answerEvents), get('/logs', 'read', answerLogs), get('/props', 'read', answerFacts('/props')), get('/slots', 'read', answerFacts('/slots')),
  get('/api/tags', 'read', answerTags), get('/api/ps', 'read', answerPs), post('/api/show', 'read', answerShow), get('/api/version', 'read', answerOllamaVersion),
  // Ollama's program looks there whether anybody is at home.
  head('/api/tags', 'read', answerTags), head('/api/version', 'read', answerOllamaVersion),
  post('/api/chat', 'infer', answerOllamaChat), post('/api/generate', 'infer', answerOllamaGenerate), post('/api/embed', 'infer', answerOllamaEmbed), post('/api/embeddings', 'infer', answerOllamaEmbeddings),
  ...NATIVE_PATHS.map((path) => post(path, 'infer', answerNative(path))), get('/lora-adapters', 'read', answerFacts('/lora-adapters')),
  // These change an engine for everybody, or reach all of it: every model behind its address, and what its key may do there.
  post('/lora-adapters', 'manage', answerNative('/lora-adapters')), get('/upstream/*', 'manage', answerUpstream), post('/upstream/*', 'manage', answerUpstream),
];

const EXACT = new Set(PORT_ROUTES.map(({ url }) => url).filter((url) => !url.startsWith('/v1/') && !url.endsWith('*')));

/** Whether a path is the port's own; the rest of the listener is the window's and the REST API's. */
export function isPortPath(path: string): boolean {
  return path === '/v1' || path.startsWith('/v1/') || path.startsWith('/upstream/') || EXACT.has(path);
}
