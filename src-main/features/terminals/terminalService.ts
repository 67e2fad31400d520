import { AppError } from '#contract/errors.ts';
import { terminalId as terminalIdSchema, type InstanceId } from '#contract/ids.ts';
import type { Run } from '#contract/runs.ts';
import type { Terminal, TerminalChange } from '#contract/terminals.ts';
import type { Clock } from '../../base/clock.ts';
import { DisposableStack } from '../../base/disposables.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { createId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { HostedTerminal, PtyHost, Relay } from '../../platform/pty/ptyHost.ts';
import { exitOf, runTerminal, shellTerminal, toShellMark, type ShellMark } from './terminalFacts.ts';

/** Where a shell runs: its complete environment, its folder and what it is called. */
export interface ShellPlace {
  readonly instanceId: InstanceId | null;
  readonly title: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: string;
  readonly args: readonly string[];
}

interface TerminalDeps {
  host: PtyHost;
  /** Runs as they change: each has a terminal. */
  runs: { onDidChange: Event<Run>; list(query: { limit: number }): readonly Run[] };
  placeOfShell: (reference: string | undefined) => Promise<ShellPlace>;
  /** Ends every process that carries a mark and proves it. */
  endMarked: (mark: string) => Promise<void>;
  clock: Clock;
  log: Logger;
}

const RETRY_MS = 2_000;
const KEPT_RUNS = 2;

type HostState = Extract<TerminalChange, { kind: 'host' }>['host'];

/** All terminals: runs' output and shells, as far as their host and the run records tell. */
export class TerminalService {
  readonly #deps: TerminalDeps;
  readonly #terminals = new Map<string, Terminal>();
  readonly #didChange = new Emitter<TerminalChange>();
  readonly #subscriptions = new DisposableStack();
  #hostState: HostState = 'starting';
  #cancelRetry: (() => void) | null = null;

  readonly onDidChange = this.#didChange.event;

  constructor(deps: TerminalDeps) {
    this.#deps = deps;
  }

  get hostState(): HostState {
    return this.#hostState;
  }

  get hostPid(): number | null {
    return this.#deps.host.facts?.pid ?? null;
  }

  /** Listens first, then learns what the host holds; run it after the host was ensured. */
  async start(): Promise<void> {
    const { host, runs } = this.#deps;
    this.#subscriptions.add(host.onDidExit((exit) => { this.#patch(exit.terminalId, exitOf(exit)); }));
    this.#subscriptions.add(host.onDidChangeTitle(({ terminalId, title }) => { this.#retitle(terminalId, title); }));
    this.#subscriptions.add(host.onDidRing(({ terminalId }) => { this.#ring(terminalId); }));
    this.#subscriptions.add(host.onDidFailLog(({ terminalId, error }) => { this.#patch(terminalId, { logError: error.code }); }));
    this.#subscriptions.add(host.onDidLoseHost(() => { this.#loseHost(); }));
    this.#subscriptions.add(runs.onDidChange((run) => { this.#followRun(run); }));
    await this.refresh();
  }

  async stop(): Promise<void> {
    this.#cancelRetry?.();
    this.#subscriptions.dispose();
  }

  /** Asks the host what it holds; starts one if there is none, and tries again later when that fails. Does not throw. */
  async refresh(): Promise<void> {
    this.#cancelRetry?.();
    try {
      await this.#deps.host.ensureStarted();
      const hosted = await this.#deps.host.list();
      this.#setHostState('up');
      const runs = new Map(this.#deps.runs.list({ limit: 500 }).map((run) => [run.terminalId as string, run]));
      for (const facts of hosted) this.#put(this.#describe(facts, runs.get(facts.terminalId)));
    } catch (error) {
      this.#deps.log.error('terminals.host_unavailable', { error });
      this.#setHostState('down');
      this.#cancelRetry = this.#deps.clock.after(RETRY_MS, () => { this.#refreshSoon(); });
    }
  }

  list(): Terminal[] {
    return [...this.#terminals.values()].toSorted((a, b) => a.createdAtMs - b.createdAtMs);
  }

  /** @throws instance.not_found, terminal.host_unavailable */
  async openShell({ instance, columns, rows }: { instance?: string | undefined; columns: number; rows: number }): Promise<Terminal> {
    const { host, clock } = this.#deps;
    const place = await this.#deps.placeOfShell(instance);
    await host.ensureStarted();
    this.#setHostState('up');
    const id = terminalIdSchema.parse(createId('shell', clock.nowMs()));
    const mark: ShellMark = { title: place.title, instanceId: place.instanceId };
    const env = { ...place.env, WHEELHOUSE_RUN_ID: id };
    const { pid } = await host.spawn({ terminalId: id, command: place.command, args: [...place.args], cwd: place.cwd, env, columns, rows, logPath: null, mark: toShellMark(mark) });
    const terminal = shellTerminal({ id, pid, mark, createdAtMs: clock.nowMs() });
    this.#put(terminal);
    return terminal;
  }

  /** @throws terminal.not_found */
  async resize(id: string, size: { columns: number; rows: number }): Promise<void> {
    await this.#deps.host.resize(this.#require(id).id, size);
  }

  /** Ends a shell with all that runs in it; forgets a run's terminal once the run has ended. @throws terminal.not_found */
  async close(id: string): Promise<void> {
    const terminal = this.#require(id);
    if (terminal.kind === 'run' && terminal.state === 'live') return;
    if (terminal.state === 'live') await this.#deps.host.hangUp(id);
    if (terminal.kind === 'shell') await this.#deps.endMarked(id);
    if (terminal.state !== 'gone') await this.#deps.host.forget(id);
    this.#terminals.delete(id);
    this.#didChange.fire({ kind: 'removed', terminalId: terminal.id });
  }

  /** Closes every shell. Does not throw. */
  async closeShells(): Promise<void> {
    const shells = this.list().filter(({ kind, state }) => kind === 'shell' && state === 'live');
    const closed = await Promise.allSettled(shells.map(({ id }) => this.close(id)));
    for (const result of closed) {
      if (result.status === 'rejected') this.#deps.log.warn('terminals.close_failed', { error: result.reason });
    }
  }

  /** Carries one window's terminal frames. */
  openRelay(sendToWindow: (frame: Uint8Array<ArrayBuffer>) => void): Relay {
    return this.#deps.host.openRelay(sendToWindow);
  }

  #describe(facts: HostedTerminal, run: Run | undefined): Terminal {
    if (run !== undefined) return { ...runTerminal(run), ...liveFacts(facts) };
    const shell = shellTerminal({ id: terminalIdSchema.parse(facts.terminalId), pid: facts.pid, mark: facts.mark, createdAtMs: facts.startedAtMs });
    return { ...shell, ...liveFacts(facts), title: facts.title || shell.title };
  }

  #followRun(run: Run): void {
    const known = this.#terminals.get(run.terminalId);
    if (known?.state === 'exited' && known.runId === run.id) return;
    if (known?.pid === run.pid && known.runId === run.id) return;
    if (run.pid === null || run.endedAtMs !== null) return;
    this.#put({ ...runTerminal(run), state: 'live' });
    this.#dropOlder(run);
  }

  /** The host keeps the last two runs of an instance; older ones are read in their logs. */
  #dropOlder({ instanceId }: Run): void {
    const ofInstance = this.list().filter(({ kind, instanceId: owner }) => kind === 'run' && owner === instanceId);
    for (const { id, state } of ofInstance.slice(0, -KEPT_RUNS)) {
      if (state === 'live') continue;
      this.#terminals.delete(id);
      this.#didChange.fire({ kind: 'removed', terminalId: id });
    }
  }

  #patch(id: string, change: Partial<Terminal>): void {
    const known = this.#terminals.get(id);
    if (known !== undefined) this.#put({ ...known, ...change });
  }

  #retitle(id: string, title: string): void {
    const known = this.#terminals.get(id);
    if (known?.kind === 'shell' && title !== '') this.#put({ ...known, title });
  }

  #ring(id: string): void {
    const known = this.#terminals.get(id);
    if (known !== undefined) this.#didChange.fire({ kind: 'bell', terminalId: known.id });
  }

  #loseHost(): void {
    this.#setHostState('down');
    for (const terminal of this.list()) this.#put({ ...terminal, state: 'gone' });
    this.#refreshSoon();
  }

  #refreshSoon(): void {
    this.refresh().catch((error: unknown) => { this.#deps.log.error('terminals.refresh_failed', { error }); });
  }

  #put(terminal: Terminal): void {
    const known = this.#terminals.get(terminal.id);
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(terminal)) return;
    this.#terminals.set(terminal.id, terminal);
    this.#didChange.fire({ kind: 'changed', terminal });
  }

  #require(id: string): Terminal {
    const terminal = this.#terminals.get(id);
    if (terminal === undefined) throw new AppError('terminal.not_found', `no terminal ${id}`, { terminalId: id });
    return terminal;
  }

  #setHostState(host: HostState): void {
    if (this.#hostState === host) return;
    this.#hostState = host;
    this.#didChange.fire({ kind: 'host', host });
  }
}

function liveFacts(facts: HostedTerminal): Partial<Terminal> {
  const { state } = facts;
  return { pid: facts.pid, logError: facts.logError?.code ?? null, ...(state.kind === 'running' ? { state: 'live' as const } : exitOf(state)) };
}
