import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import type { HostedTerminal, HostEvent, SpawnRequest } from '../platform/pty/hostProtocol.ts';
import { DrainPacer } from './drainPacer.ts';
import { MirrorScheduler } from './mirrorScheduler.ts';
import { Refusal } from './refusal.ts';
import { Terminal } from './terminal.ts';

/** Every terminal of this host, those that ended included, until they are forgotten. */
export class TerminalRegistry {
  readonly #clock: Clock;
  readonly #scheduler: MirrorScheduler;
  readonly #pacer: DrainPacer;
  readonly #terminals = new Map<string, Terminal>();
  readonly #didHappen = new Emitter<HostEvent>();
  readonly #didForget = new Emitter<{ terminal: Terminal }>();

  readonly onDidHappen = this.#didHappen.event;
  readonly onDidForget = this.#didForget.event;

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
    this.#scheduler = new MirrorScheduler({ clock });
    this.#pacer = new DrainPacer({ clock });
  }

  get hasLiving(): boolean {
    return this.#terminals.values().some((terminal) => !terminal.isOver);
  }

  find(terminalId: string): Terminal | null {
    return this.#terminals.get(terminalId) ?? null;
  }

  /** @throws Refusal not_found */
  get(terminalId: string): Terminal {
    const terminal = this.find(terminalId);
    if (terminal === null) throw new Refusal('not_found', terminalId);
    return terminal;
  }

  /** @throws Refusal exists, spawn_failed */
  spawn(request: SpawnRequest): Terminal {
    if (this.#terminals.has(request.terminalId)) throw new Refusal('exists', request.terminalId);
    const terminal = this.#open(request);
    this.#terminals.set(request.terminalId, terminal);
    terminal.onDidHappen((event) => { this.#didHappen.fire(event); });
    return terminal;
  }

  list(): HostedTerminal[] {
    return this.#terminals.values().map((terminal) => terminal.describe()).toArray();
  }

  async forget(terminalId: string): Promise<void> {
    const terminal = this.get(terminalId);
    this.#terminals.delete(terminalId);
    this.#didForget.fire({ terminal });
    await terminal.dispose();
  }

  /** Hangs up and forgets all. */
  async clear(): Promise<void> {
    await Promise.all([...this.#terminals.keys()].map((terminalId) => this.forget(terminalId)));
  }

  #open(request: SpawnRequest): Terminal {
    try {
      return new Terminal({ request, clock: this.#clock, scheduler: this.#scheduler, pacer: this.#pacer });
    } catch (error) {
      throw new Refusal('spawn_failed', error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}
