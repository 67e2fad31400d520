import type { HostFacts, RequestBody, Results } from '../platform/pty/hostProtocol.ts';
import type { TerminalRegistry } from './terminalRegistry.ts';

type Handlers = { [Op in RequestBody['op']]: (body: Extract<RequestBody, { op: Op }>) => Results[Op] | Promise<Results[Op]> };

/** What the host does for each request. */
export function createRequestHandlers({ registry, facts, onShutdown }: {
  registry: TerminalRegistry; facts: HostFacts; onShutdown: () => void;
}): Handlers {
  return {
    hello: () => facts,
    spawn: ({ op: _op, ...request }) => ({ pid: registry.spawn(request).pid }),
    list: () => ({ terminals: registry.list() }),
    resize: ({ terminalId, columns, rows }) => { registry.get(terminalId).resize(columns, rows); return {}; },
    write: ({ terminalId, base64 }) => { registry.get(terminalId).write(Buffer.from(base64, 'base64')); return {}; },
    tail: ({ terminalId, maxBytes }) => ({ base64: registry.get(terminalId).tail(maxBytes).toString('base64') }),
    hangUp: ({ terminalId }) => { registry.get(terminalId).hangUp(); return {}; },
    forget: async ({ terminalId }) => { await registry.forget(terminalId); return {}; },
    shutdown: () => { onShutdown(); return {}; },
  };
}

/** Calls the handler of a request; the types of body and handler go together by `op`. */
export async function handleRequest<Op extends RequestBody['op']>(handlers: Pick<Handlers, Op>, body: Extract<RequestBody, { op: Op }>): Promise<unknown> {
  return handlers[body.op](body);
}
