import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessDecision } from '../../features/access/index.ts';
import type { ModelPort } from '../../features/serving/index.ts';

interface CarrierDeps {
  port: Pick<ModelPort, 'answers' | 'handle' | 'refuse' | 'isAllowed'>;
  /** Origins whose pages may use it, with a key. */
  getAllowedOrigins: () => readonly string[];
}

const REFUSALS = {
  host: { code: 'host_not_allowed', message: 'This name is not one that Wheelhouse answers to. Add it to the setting listener.allowedHosts if it should be.' },
  origin: { code: 'origin_not_allowed', message: 'A page of another origin may not use the models. Add its origin to the setting serving.allowedOrigins if it should.' },
} as const;

/** Hands requests of the listener to the model port. The Host must be ours here too; instead of the listener's token an API key will do. */
export class ModelPortCarrier {
  readonly #deps: CarrierDeps;

  constructor(deps: CarrierDeps) {
    this.#deps = deps;
  }

  answers(path: string): boolean {
    return this.#deps.port.answers(path);
  }

  /** `decision` is the listener's own on this request. */
  handle(request: IncomingMessage, response: ServerResponse, decision: AccessDecision): void {
    const { port } = this.#deps;
    const reason = decision.kind === 'refuse' ? decision.reason : null;
    const foreignOrigin = reason === 'origin' ? this.#findAllowed(request.headers.origin) : null;
    if (reason === 'host' || (reason === 'origin' && foreignOrigin === null)) port.refuse(request, response, REFUSALS[reason]);
    else port.handle(request, response, { isOwner: decision.kind === 'allow', foreignOrigin });
  }

  /** Whether a request's key may read the metrics. */
  mayRead(request: IncomingMessage): boolean {
    return request.headers.authorization !== undefined && this.#deps.port.isAllowed(request, 'read');
  }

  #findAllowed(origin: string | undefined): string | null {
    return this.#deps.getAllowedOrigins().find((allowed) => allowed.toLowerCase().replace(/\/$/, '') === origin?.toLowerCase()) === undefined ? null : origin ?? null;
  }
}
