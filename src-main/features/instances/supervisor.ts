import type { InstanceId, RunId } from '#contract/ids.ts';
import type { Run } from '#contract/runs.ts';
import { runId as runIdSchema } from '#contract/ids.ts';
import { hasCode } from '#contract/errors.ts';
import { DisposableStack } from '../../base/disposables.ts';
import { Emitter } from '../../base/emitter.ts';
import type { HostedTerminal } from '../../platform/pty/ptyHost.ts';
import { findRun } from './adoption.ts';
import { planStartGroups } from './autostartPolicy.ts';
import { InstanceActor } from './instanceActor.ts';
import type { KeptInstance } from './instanceRepository.ts';
import { getRunId, isLive } from './lifeState.ts';
import { RunLauncher } from './runLauncher.ts';
import { toRoot } from './runWatch.ts';
import { StartPreparation } from './startPreparation.ts';
import { endTree } from './stopSequence.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

const SETTLE_EVERY_MS = 250;
/** How long a group's instances may take before the next group is started without them. */
const GROUP_MS = 10 * 60_000;
const REAP_RULES = { signals: [{ signal: 'TERM' as const, waitSeconds: 5 }], command: null };

/** Looks after every instance: one actor each, news of the terminal host to whom it concerns, and what was left running. */
export class Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #preparation: StartPreparation;
  readonly #launcher: RunLauncher;
  readonly #actors = new Map<InstanceId, InstanceActor>();
  readonly #didChange = new Emitter<InstanceActor>();
  readonly #subscriptions = new DisposableStack();
  readonly #stopped = new AbortController();

  readonly onDidChange = this.#didChange.event;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
    this.#preparation = new StartPreparation(deps);
    this.#launcher = new RunLauncher(deps);
  }

  get preparation(): StartPreparation {
    return this.#preparation;
  }

  get liveCount(): number {
    return this.list().filter((actor) => actor.isLive).length;
  }

  /** Reads all instances from their records; nothing is started or signalled. */
  start(): void {
    for (const kept of this.#deps.records.repository.list()) this.add(kept);
    const { host } = this.#deps.machine;
    this.#subscriptions.add(host.onDidExit(({ terminalId, exitCode, signal }) => { this.#actorOfRun(terminalId)?.noteExit(runIdSchema.parse(terminalId), { exitCode, signal }); }));
    this.#subscriptions.add(host.onDidLoseHost(() => { for (const actor of this.list()) actor.noteHostLost(); }));
  }

  /** Finds what an earlier backend left running, ends what should not be, and starts what should be. */
  async resume(): Promise<void> {
    const hosted = await this.#readHosted();
    const { processes } = this.#deps.machine;
    const bootId = (await processes.readIdentity(process.pid))?.bootId ?? '';
    await Promise.all(this.list().filter((actor) => actor.isLive).map((actor) => this.#adopt(actor, hosted, bootId)));
    this.#deps.shared.gpuLeases.endAdoption('run');
    await this.#reapStrays();
  }

  /** Starts what is marked for it, in the order that blueprints require; returns once all were asked. */
  async autostart(): Promise<void> {
    const wanted = this.list().filter(({ kept, isLive: isUp }) => kept.settings.autostart && kept.deletedAtMs === null && !isUp);
    const blueprints = new Map((await this.#deps.shared.library.list()).map((blueprint) => [blueprint.id, blueprint]));
    const groups = planStartGroups(wanted.map(({ kept: { id, settings: { blueprintId } } }) => ({ id, blueprintId, requires: blueprints.get(blueprintId)?.header.requires.blueprints ?? [] })));
    for (const group of groups) {
      const actors = wanted.filter(({ kept }) => group.includes(kept.id));
      await Promise.all(actors.map((actor) => this.#startQuietly(actor)));
      if (group !== groups.at(-1)) await this.#waitUntilSettled(actors);
      if (this.#stopped.signal.aborted) return;
    }
  }

  add(kept: KeptInstance): InstanceActor {
    const actor = new InstanceActor(kept, {
      supervisor: this.#deps, preparation: this.#preparation, launcher: this.#launcher, onDidChange: () => { this.#didChange.fire(actor); },
    });
    this.#actors.set(kept.id, actor);
    return actor;
  }

  remove(id: InstanceId): void {
    this.#actors.delete(id);
  }

  find(id: InstanceId): InstanceActor | null {
    return this.#actors.get(id) ?? null;
  }

  list(): InstanceActor[] {
    return [...this.#actors.values()];
  }

  /** Stops all and waits until each is proven stopped, or stuck, or the time is up. */
  async stopAll({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    const live = this.list().filter((actor) => actor.isLive);
    await Promise.all(live.map((actor) => actor.send({ kind: 'stop' })));
    const settled = Promise.all(live.map((actor) => actor.settle()));
    const late = new AbortController();
    await Promise.race([settled, this.#deps.machine.clock.sleep(deadlineMs, late.signal).catch(() => undefined)]);
    late.abort();
  }

  /** Leaves everything that runs as it is. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#subscriptions.dispose();
    await Promise.all(this.list().map((actor) => actor.close()));
  }

  async #readHosted(): Promise<readonly HostedTerminal[]> {
    const { host, log } = this.#deps.machine;
    try {
      await host.ensureStarted();
      return await host.list();
    } catch (error) {
      log.error('supervisor.host_unavailable', { error });
      return [];
    }
  }

  async #adopt(actor: InstanceActor, hosted: readonly HostedTerminal[], bootId: string): Promise<void> {
    const { records: { runs, journal }, machine: { processes } } = this.#deps;
    const { state } = actor.kept.life;
    if (state.kind === 'error') { await actor.send({ kind: 'stop' }); return; }
    if (state.kind !== 'installing' && state.kind !== 'starting' && state.kind !== 'started') { await actor.resume({ kind: 'again' }); return; }
    const run = runs.find(state.runId);
    const found = run === null ? { kind: 'lost' as const } : await findRun(run, { processes, runs, hosted, bootId });
    if (found.kind === 'lost') { await actor.resume({ kind: 'event', event: { kind: 'lost' } }); return; }
    await actor.resume({ kind: 'watch', exit: found.exit });
    if (found.kind === 'alive') {
      const { id, settings } = actor.kept;
      journal.record({ event: 'instance.adopted', subjectKind: 'instance', subjectId: id, subjectName: settings.name, to: state.kind, details: { runId: state.runId, pid: runs.find(state.runId)?.pid ?? null } });
    }
  }

  /** Ends what carries the mark of a run of ours that is over. Marks of another data folder are not ours to end. */
  async #reapStrays(): Promise<void> {
    const { processes } = this.#deps.machine;
    for (const mark of (await processes.findMarked()).keys()) {
      const run = this.#deps.records.runs.find(mark);
      if (run !== null && run.endedAtMs !== null) await this.#reap(run);
    }
  }

  async #reap(run: Run): Promise<void> {
    const { machine, records } = this.#deps;
    records.journal.record({ event: 'run.strays_found', subjectKind: 'run', subjectId: run.id, subjectName: run.instanceName });
    const actor = this.find(run.instanceId);
    if (actor !== null && !actor.isLive) { await actor.send({ kind: 'straysFound', runId: run.id }); return; }
    if (getRunId(actor?.kept.life.state ?? { kind: 'queued' }) === run.id) return;
    await endTree({ root: toRoot(run), ports: [], rules: REAP_RULES, hadPort: false, folder: '/', environment: {} }, machine);
  }

  async #startQuietly(actor: InstanceActor): Promise<void> {
    try {
      await actor.request({ kind: 'start' });
    } catch (error) {
      if (!hasCode(error, 'port.in_use') && !hasCode(error, 'port.pool_empty') && !hasCode(error, 'blueprint.not_found') && !hasCode(error, 'terminal.host_unavailable') && !hasCode(error, 'instance.folder_exists') && !hasCode(error, 'folder.not_writable')) throw error;
      this.#deps.machine.log.warn('instance.autostart_refused', { instanceId: actor.kept.id, code: error.code });
    }
  }

  async #waitUntilSettled(actors: readonly InstanceActor[]): Promise<void> {
    const { clock } = this.#deps.machine;
    const untilMs = clock.monotonicMs() + GROUP_MS;
    const isPassing = ({ kept: { life: { state } } }: InstanceActor): boolean => isLive(state) && state.kind !== 'started';
    while (actors.some(isPassing) && clock.monotonicMs() < untilMs && !this.#stopped.signal.aborted) await clock.sleep(SETTLE_EVERY_MS);
  }

  #actorOfRun(terminalId: string): InstanceActor | null {
    return this.list().find((actor) => (getRunId(actor.kept.life.state) as RunId | string | null) === terminalId) ?? null;
  }
}
