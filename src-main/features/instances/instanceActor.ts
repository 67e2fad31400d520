import type { Blueprint } from '#contract/blueprints.ts';
import { AppError } from '#contract/errors.ts';
import type { RunId } from '#contract/ids.ts';
import type { InstanceStage } from '#contract/instances.ts';
import { createDefaultHeader } from '../blueprints/index.ts';
import { readOomKills, type OomKillCounts } from '../../platform/process/oomKills.ts';
import { getInstancePaths, moveInstanceFolder } from './instanceFolder.ts';
import type { KeptInstance } from './instanceRepository.ts';
import { describeTransition } from './lifeJournal.ts';
import { decideLife, type LifeEffect, type LifeEvent, type LifeFacts } from './lifecyclePolicy.ts';
import { createFailure, getRunId, isLive, type Life } from './lifeState.ts';
import { Mailbox } from './mailbox.ts';
import type { RootExit } from './runEnd.ts';
import { toLaunchFailure, toRefusal, type RunLauncher } from './runLauncher.ts';
import { RunWatch } from './runWatch.ts';
import { emptyLease, toLeaseHolder, type Prepared, type Reservation, type StartPhase, type StartPlan, type StartPreparation } from './startPreparation.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

interface ActorDeps {
  readonly supervisor: SupervisorDeps;
  readonly preparation: StartPreparation;
  readonly launcher: RunLauncher;
  readonly onDidChange: () => void;
}

type EffectTable = { readonly [K in LifeEffect['kind']]: (effect: Extract<LifeEffect, { kind: K }>) => void | Promise<void> };

const EXIT_NEWS_MS = 1_500;

/** One instance's life: takes one event at a time, asks the policy, writes the new state down, then does what follows. */
export class InstanceActor {
  readonly #deps: ActorDeps;
  readonly #mailbox = new Mailbox();
  readonly #background = new Set<Promise<void>>();
  #kept: KeptInstance;
  #blueprint: Blueprint | null = null;
  #plan: StartPlan | null = null;
  #preparing: AbortController | null = null;
  #watch: RunWatch | null = null;
  #exit: { runId: RunId; exit: RootExit } | null = null;
  #oomKills: OomKillCounts | null = null;
  #cancelRetry: (() => void) | null = null;
  #stage: InstanceStage | null = null;
  #refusal: AppError | null = null;
  #isClosed = false;
  readonly #effects: EffectTable = {
    prepare: () => this.#prepare(),
    cancelPreparation: () => { this.#cancelPreparation(); },
    launch: ({ runId, phase }) => this.#launch(runId, phase),
    stampInstall: () => this.#stampInstall(),
    markReady: ({ runId }) => { this.#records.runs.update(runId, { readyAtMs: this.#machine.clock.nowMs() }); },
    releaseSlot: () => { this.#plan?.lease.slot.dispose(); },
    adoptPid: ({ runId, pid }) => this.#adoptPid(runId, pid),
    endTree: ({ runId }) => { this.#track(this.#endTree(runId)); },
    closeRun: (effect) => { this.#closeRun(effect); },
    retryAt: ({ atMs }) => { this.#retryAt(atMs); },
    release: () => { this.#release(); },
  };

  constructor(kept: KeptInstance, deps: ActorDeps) {
    this.#kept = kept;
    this.#deps = deps;
  }

  get kept(): KeptInstance {
    return this.#kept;
  }

  get stage(): InstanceStage | null {
    const { kind } = this.#kept.life.state;
    return kind === 'installing' || kind === 'starting' ? this.#stage : null;
  }

  get isLive(): boolean {
    return isLive(this.#kept.life.state);
  }

  /** Resolves when the event and what follows from it at once are done; a start is then queued, a stop is stopping. */
  send(event: LifeEvent): Promise<void> {
    return this.#mailbox.put(() => this.#handle(event));
  }

  /** Starts, and says why it was refused where that is known at once. @throws blueprint.not_found, port.in_use, port.pool_empty, terminal.host_unavailable */
  async request(event: Extract<LifeEvent, { kind: 'start' | 'restart' }>): Promise<void> {
    await this.#mailbox.put(async () => {
      if (this.#kept.deletedAtMs !== null || this.#isClosed) throw new AppError('instance.not_found', 'it was deleted meanwhile', { instance: this.#kept.settings.name });
      this.#refusal = null;
      await this.#handle(event);
      this.#throwRefusal();
    });
  }

  /** Runs a job that must not meet a change of state. */
  exclusive<T>(job: () => T | Promise<T>): Promise<T> {
    return this.#mailbox.put(job);
  }

  /** Takes over changed settings; they are saved by the caller. */
  replace(kept: KeptInstance): void {
    this.#kept = kept;
    this.#deps.onDidChange();
  }

  noteExit(runId: RunId, exit: RootExit): void {
    if (getRunId(this.#kept.life.state) !== runId) return;
    this.#exit = { runId, exit };
    this.#watch?.noteExit(exit);
  }

  noteHostLost(): void {
    this.#watch?.noteHostLost();
  }

  /** Goes on with what an earlier backend began: `watched` runs are looked after again, others are decided by the event. */
  resume(how: { readonly kind: 'watch'; readonly exit: RootExit | null } | { readonly kind: 'event'; readonly event: LifeEvent } | { readonly kind: 'again' }): Promise<void> {
    return this.#mailbox.put(async () => {
      await this.#readBlueprint();
      this.#holdPorts();
      const runId = getRunId(this.#kept.life.state);
      if (how.kind === 'event') await this.#handle(how.event);
      else if (how.kind === 'again') await this.#beginAgain();
      else if (runId !== null) this.#startWatch(runId, how.exit);
    });
  }

  /** Moves the folder to where a rename wants it; only while nothing runs. @throws instance.folder_exists, folder.not_writable */
  async settleFolder(): Promise<void> {
    const { folderName, slug } = this.#kept;
    if (folderName === slug) return;
    const { instances } = this.#deps.supervisor.places;
    const to = { ...this.#kept, folderName: slug };
    await moveInstanceFolder(getInstancePaths(instances, this.#kept).folder, getInstancePaths(instances, to).folder);
    this.#save({ ...this.#kept, folderName: slug });
  }

  /** Lets go of everything; runs live on. Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry?.();
    this.#preparing?.abort();
    await this.#watch?.stop();
    await this.#mailbox.put(() => undefined);
  }

  /** Resolves when what runs in the background, such as a stop, is done. */
  async settle(): Promise<void> {
    await Promise.all([...this.#background]);
  }

  get #records(): SupervisorDeps['records'] {
    return this.#deps.supervisor.records;
  }

  get #machine(): SupervisorDeps['machine'] {
    return this.#deps.supervisor.machine;
  }

  get #shared(): SupervisorDeps['shared'] {
    return this.#deps.supervisor.shared;
  }

  get #header(): Blueprint['header'] {
    return this.#blueprint?.header ?? createDefaultHeader('webui', this.#kept.settings.name);
  }

  #throwRefusal(): void {
    if (this.#refusal !== null) throw this.#refusal;
  }

  #holdPorts(): void {
    const { life: { state }, id, settings } = this.#kept;
    const runId = getRunId(state);
    const run = runId === null || state.kind === 'orphaned' ? null : this.#records.runs.find(runId);
    if (run === null) return;
    this.#shared.ports.hold(id, settings.name, run.ports);
    this.#shared.gpuLeases.adopt(toLeaseHolder(this.#kept))?.ownMark(run.id);
  }

  /** What was waited for, or under way, when the last backend went. */
  async #beginAgain(): Promise<void> {
    const { state } = this.#kept.life;
    if (state.kind === 'queued') await this.#do({ kind: 'prepare' });
    else if (state.kind === 'backoff') await this.#do({ kind: 'retryAt', atMs: state.retryAtMs });
    else if (state.kind === 'stopping' || state.kind === 'orphaned') await this.#do({ kind: 'endTree', runId: state.runId });
  }

  async #handle(event: LifeEvent): Promise<void> {
    if (this.#isClosed) return;
    const before = this.#kept.life;
    const { life, effects } = decideLife(before, event, this.#readFacts());
    if (JSON.stringify(life) !== JSON.stringify(before)) this.#write(before, life);
    for (const effect of effects) await this.#doSafely(effect);
  }

  #readFacts(): LifeFacts {
    const { ready, kind, restart } = this.#header;
    const mayEndUnready = kind === 'tool' || kind === 'training' || kind === 'build' || ready.type === 'process' || ready.type === 'none';
    return { nowMs: this.#machine.clock.nowMs(), random: this.#machine.random(), restart, mayEndUnready, silence: this.#deps.supervisor.timing.silence };
  }

  #write(before: Life, life: Life): void {
    const { id, settings } = this.#kept;
    this.#kept = { ...this.#kept, life };
    const fact = describeTransition(before, life);
    try {
      this.#records.repository.saveLife(id, life);
      if (fact !== null) this.#records.journal.record({ ...fact, subjectKind: 'instance', subjectId: id, subjectName: settings.name });
    } catch (error) {
      // Such as a full disk: what is true is shown and acted on; the next change writes the whole life again.
      this.#machine.log.error('instance.save_failed', { instanceId: id, status: life.state.kind, error });
    }
    this.#deps.onDidChange();
  }

  /** One effect that fails does not keep the others back: a stop ends its tree even where nothing can be written. */
  async #doSafely(effect: LifeEffect): Promise<void> {
    try {
      await this.#do(effect);
    } catch (error) {
      this.#machine.log.error('instance.effect_failed', { instanceId: this.#kept.id, effect: effect.kind, error });
    }
  }

  #do(effect: LifeEffect): Promise<void> {
    return runEffect(this.#effects, effect);
  }

  async #prepare(): Promise<void> {
    this.#cancelPreparation();
    const preparing = new AbortController();
    this.#preparing = preparing;
    try {
      await this.settleFolder();
      const reservation = await this.#deps.preparation.reserve(this.#kept);
      this.#blueprint = reservation.blueprint;
      this.#track(this.#completePreparation(reservation, preparing));
    } catch (error) {
      if (!isAppError(error)) this.#machine.log.error('instance.preparation_failed', { instanceId: this.#kept.id, error });
      else this.#refusal = error;
      await this.#handle({ kind: 'refused', failure: isAppError(error) ? toRefusal(error) : createFailure('preflight', { evidence: toMessage(error) }), checks: [] });
    }
  }

  async #completePreparation(reservation: Reservation, preparing: AbortController): Promise<void> {
    try {
      const prepared = await this.#deps.preparation.complete(this.#kept, reservation, preparing.signal);
      await this.#mailbox.put(() => this.#takePrepared(prepared, preparing));
    } catch (error) {
      if (preparing.signal.aborted) return;
      this.#machine.log.error('instance.preparation_failed', { instanceId: this.#kept.id, error });
      await this.#mailbox.put(() => this.#takePrepared({ kind: 'refused', failure: createFailure('preflight', { evidence: toMessage(error) }), checks: [] }, preparing));
    }
  }

  async #takePrepared(prepared: Prepared, preparing: AbortController): Promise<void> {
    if (this.#preparing !== preparing || this.#isClosed) {
      if (prepared.kind === 'ready') endLease(prepared.plan);
      return;
    }
    this.#preparing = null;
    if (prepared.kind === 'refused') { await this.#handle(prepared); return; }
    const { plan } = prepared;
    this.#plan = plan;
    const { timeoutSeconds, installTimeoutSeconds } = this.#header.ready;
    await this.#handle({ kind: 'prepared', phase: plan.phase, runId: this.#records.runs.createRunId(), deadlineMs: this.#inSeconds(plan.phase === 'run' ? timeoutSeconds : installTimeoutSeconds) });
  }

  #cancelPreparation(): void {
    this.#cancelRetry?.();
    this.#preparing?.abort();
    this.#preparing = null;
  }

  async #launch(runId: RunId, phase: StartPhase): Promise<void> {
    this.#stage = null;
    this.#exit = null;
    try {
      this.#oomKills = await readOomKills();
      await this.#deps.launcher.launch(this.#kept, await this.#requirePlan(), { runId, phase });
      this.#startWatch(runId, null);
      this.#track(this.#deps.launcher.forgetOldTerminals(this.#kept.id));
    } catch (error) {
      this.#machine.log.warn('run.launch_failed', { runId, instanceId: this.#kept.id, error });
      await this.#handle({ kind: 'launchFailed', runId, failure: toLaunchFailure(error) });
    }
  }

  /** After the backend's own death the plan of a run that goes on is made anew from what is known. */
  async #requirePlan(): Promise<StartPlan> {
    if (this.#plan === null) this.#plan = { ...await this.#deps.preparation.reserve(this.#kept), phase: 'run', lease: emptyLease };
    return this.#plan;
  }

  #startWatch(runId: RunId, exit: RootExit | null): void {
    this.#watch?.abandon();
    const run = this.#records.runs.get(runId);
    const watch = new RunWatch(this.#deps.supervisor, {
      run, header: this.#header, oomKills: this.#oomKills, getState: () => this.#kept.life.state,
      post: (event) => { this.#track(this.send(event)); },
      onStage: (stage) => { this.#stage = stage; this.#deps.onDidChange(); },
      nextRun: () => ({ runId: this.#records.runs.createRunId(), deadlineMs: this.#inSeconds(this.#header.ready.timeoutSeconds) }),
    });
    this.#watch = watch;
    const known = this.#exit?.runId === runId ? this.#exit.exit : exit;
    if (known !== null) watch.noteExit(known);
    if (this.#machine.host.facts === null) watch.noteHostLost();
    watch.start();
  }

  async #stampInstall(): Promise<void> {
    this.#plan?.lease.environment.dispose();
    if (this.#blueprint === null) return;
    const stamp = await this.#deps.preparation.readStamp(this.#kept, this.#blueprint, getInstancePaths(this.#deps.supervisor.places.instances, this.#kept));
    this.#save({ ...this.#kept, installStamp: stamp });
  }

  async #adoptPid(runId: RunId, pid: number): Promise<void> {
    const identity = await this.#machine.processes.readIdentity(pid);
    if (identity !== null) this.#records.runs.update(runId, { pid, startToken: identity.startToken });
    this.#deps.onDidChange();
  }

  async #endTree(runId: RunId | null): Promise<void> {
    this.#watch?.abandon();
    const run = runId === null ? null : this.#records.runs.find(runId);
    if (run === null) { await this.send({ kind: 'proven', exitCode: null }); return; }
    const outcome = await this.#deps.launcher.end(this.#kept, this.#blueprint, run);
    if (outcome.kind === 'stuck') { await this.send(outcome); return; }
    await this.#waitForExitNews(run.id);
    await this.send({ kind: 'proven', exitCode: this.#exit?.runId === run.id ? this.#exit.exit.exitCode : null });
  }

  async #waitForExitNews(runId: RunId): Promise<void> {
    const { clock, host } = this.#machine;
    const untilMs = clock.monotonicMs() + EXIT_NEWS_MS;
    while (this.#exit?.runId !== runId && host.facts !== null && clock.monotonicMs() < untilMs) await clock.sleep(25);
  }

  #closeRun({ runId, failure }: Extract<LifeEffect, { kind: 'closeRun' }>): void {
    this.#watch?.abandon();
    this.#watch = null;
    if (this.#records.runs.find(runId) === null) return;
    const { exitCode, signal } = this.#exit?.runId === runId ? this.#exit.exit : { exitCode: null, signal: null };
    const why = failure ?? { exitCode, signal, cause: null, evidence: null };
    this.#records.runs.close(runId, { exitCode: why.exitCode ?? exitCode, signal: why.signal ?? signal, cause: why.cause, causeEvidence: why.evidence });
  }

  #retryAt(atMs: number): void {
    this.#cancelRetry?.();
    const delayMs = Math.max(0, atMs - this.#machine.clock.nowMs());
    this.#cancelRetry = this.#machine.clock.after(delayMs, () => { this.#track(this.send({ kind: 'retry' })); });
  }

  #release(): void {
    if (this.#plan !== null) endLease(this.#plan);
    this.#plan = null;
    this.#shared.ports.release(this.#kept.id);
    this.#shared.gpuLeases.release(toLeaseHolder(this.#kept));
  }

  async #readBlueprint(): Promise<void> {
    try {
      this.#blueprint = await this.#shared.library.read(this.#kept.settings.blueprintId);
    } catch (error) {
      this.#machine.log.warn('instance.blueprint_missing', { instanceId: this.#kept.id, error });
    }
  }

  #save(kept: KeptInstance): void {
    this.#kept = kept;
    this.#records.repository.save(kept);
    this.#deps.onDidChange();
  }

  #inSeconds(seconds: number): number {
    return this.#machine.clock.nowMs() + seconds * 1_000;
  }

  /** Follows work that nobody waits for, to its end or to the log. */
  #track(work: Promise<void>): void {
    const done: Promise<void> = work
      .catch((error: unknown) => { this.#machine.log.error('instance.work_failed', { instanceId: this.#kept.id, error }); })
      .finally(() => { this.#background.delete(done); });
    this.#background.add(done);
  }
}

/** Calls what belongs to an effect; the types of both go together by `kind`. */
async function runEffect<K extends LifeEffect['kind']>(effects: Pick<EffectTable, K>, effect: Extract<LifeEffect, { kind: K }>): Promise<void> {
  await effects[effect.kind](effect);
}

function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function endLease({ lease }: StartPlan): void {
  lease.slot.dispose();
  lease.environment.dispose();
  lease.gpu?.dispose();
}
