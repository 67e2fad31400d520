import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { Disposable } from '../../../base/disposables.ts';
import { matchesModel } from '../keys/modelPattern.ts';
import type { Caller } from './callerPolicy.ts';
import { toErrorBody, toErrorHeaders, type Dialect } from './errorBodies.ts';
import { ClientWire } from './exchange/clientWire.ts';
import type { Exchange } from './exchange/exchange.ts';
import { explainFailure } from './exchange/failures.ts';
import { JSON_TYPE, type Answer } from './generation/answer.ts';
import type { LongTexts } from './longTexts.ts';
import type { PortDeps } from './portDeps.ts';
import { CLIENT_GONE_STATUS, createProblem, modelNotFound, PortError, type PortProblem } from './portError.ts';

/** One request of a client whose key is known, with its body as it came. */
export interface PortCall {
  readonly deps: PortDeps;
  readonly caller: Caller;
  readonly dialect: Dialect;
  readonly endpoint: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Without what was set aside of it. */
  readonly body: Buffer | undefined;
  readonly longTexts: LongTexts;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
}

/** What the work on one exchange needs. */
export interface ExchangeContext {
  readonly deps: PortDeps;
  readonly exchange: Exchange;
  readonly wire: ClientWire;
  readonly config: ModelConfig;
  readonly priority: number;
}

/** Finds the model that a client named and may use. @throws PortError 404, 403 */
export function requireModel({ deps, caller }: Pick<PortCall, 'deps' | 'caller'>, name: string): ModelConfig {
  const config = deps.models.find(name);
  if (config === null) throw modelNotFound(name);
  if (!mayUse(caller, config, name)) throw new PortError(createProblem(403, 'model_not_allowed', `This key may not use the model "${name}".`, { param: 'model' }));
  return config;
}

export function mayUse({ models }: Caller, config: ModelConfig, name = config.name): boolean {
  return [config.name, name].some((one) => matchesModel(models, one));
}

/** How the answer is told; what is not a generation has no words of its own for a stream. */
export interface ExchangePlan { readonly model: string; readonly config: ModelConfig; readonly answer: Pick<Answer, 'isStream' | 'contentType' | 'keepAlive' | 'open' | 'fail'> }

export const PLAIN_ANSWER: ExchangePlan['answer'] = { isStream: false, contentType: JSON_TYPE, keepAlive: null, open: () => '', fail: () => '' };

/**
 * Runs the work of one request: counted against its key, cancelled when its client goes, told of every failure in the words
 * of its endpoint, recorded at its end. Does not throw.
 * @throws PortError before anything began, when the key is over its limits
 */
export async function runExchange(call: PortCall, plan: ExchangePlan, work: (context: ExchangeContext) => Promise<void>): Promise<void> {
  const { deps, caller, response } = call;
  const place = takePlace(call);
  const exchange = deps.book.open({
    endpoint: call.endpoint, model: plan.model, config: plan.config, keyId: caller.keyId, keyName: caller.keyName,
    client: call.request.headers['user-agent']?.slice(0, 200) ?? null, isStream: plan.answer.isStream,
  });
  const wire = new ClientWire({ response, clock: deps.clock, rounds: deps.writeRounds, requestId: exchange.id, keepAlive: plan.answer.keepAlive, getOpening: () => plan.answer.open(), contentType: plan.answer.contentType });
  const leave = (): void => { if (!response.writableFinished) exchange.stop('client_gone'); };
  response.once('close', leave);
  if (response.destroyed) leave();
  let status = 200;
  try {
    await work({ deps, exchange, wire, config: plan.config, priority: caller.priority });
  } catch (error) {
    const problem = explain(call, exchange, error);
    status = problem.status;
    exchange.noteProblem(problem);
    tell(call, { wire, plan, exchange }, problem);
  } finally {
    response.off('close', leave);
    wire.dispose();
    place?.dispose();
    deps.book.close(exchange, exchange.stopCause === 'client_gone' ? CLIENT_GONE_STATUS : status);
  }
}

/** Counts a request against its key until what comes back is disposed of; null where nothing is counted. @throws PortError 429 */
export function takePlace({ deps, caller }: Pick<PortCall, 'deps' | 'caller'>): Disposable | null {
  if (caller.keyId === null) return null;
  const admission = deps.limiter.admit(caller.keyId, caller.limits);
  if (admission.kind === 'admitted') return admission.place;
  throw new PortError(createProblem(429, 'rate_limit_exceeded', `This key is over its limit of ${admission.allowed} (${admission.limit}).`, { retryAfterMs: admission.retryAfterMs }));
}

function explain({ deps }: PortCall, exchange: Exchange, error: unknown): PortProblem {
  const problem = explainFailure(error, exchange);
  if (problem !== null) return problem;
  deps.log.error('port.failed', { error, requestId: exchange.id });
  return createProblem(500, 'internal', `Something went wrong; the log says more under ${exchange.id}.`);
}

function tell({ dialect }: PortCall, { wire, plan, exchange }: { wire: ClientWire; plan: ExchangePlan; exchange: Exchange }, problem: PortProblem): void {
  if (!wire.hasBegun) {
    wire.sendWhole(problem.status, { 'content-type': JSON_TYPE, 'cache-control': 'no-store', ...toErrorHeaders(problem) }, JSON.stringify(toErrorBody(problem, dialect, exchange.id)));
    return;
  }
  const words = plan.answer.fail(problem);
  if (words === '') wire.destroy();
  else wire.end(words);
}
