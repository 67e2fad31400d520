import type { TerminalChange } from '#contract/terminals.ts';
import type { TerminalService } from '../features/terminals/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

export function terminalHandlers(api: Api['terminals'], service: TerminalService) {
  return {
    list: api.list.handler(() => service.list()),
    openShell: api.openShell.handler(({ input }) => service.openShell(input)),
    resize: api.resize.handler(({ input: { terminal, ...size } }) => service.resize(terminal, size)),
    close: api.close.handler(({ input }) => service.close(input.terminal)),
    watch: api.watch.handler(({ signal }) => liveStream<TerminalChange>({
      first: () => [{ kind: 'snapshot', terminals: service.list(), host: service.hostState }],
      subscribe: (add) => [service.onDidChange(add)],
      keyOf: (change) => (change.kind === 'changed' ? change.terminal.id : null),
      signal,
    })),
  };
}
