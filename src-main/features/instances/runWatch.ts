import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import type { InstanceStage } from '#contract/instances.ts';
import type { Run } from '#contract/runs.ts';
import type { ProcessTree, TreeRoot } from '../../platform/process/processTable.ts';
import type { LifeEvent } from './lifecyclePolicy.ts';
import type { LifeState, LifeStateOf } from './lifeState.ts';
import { OutputWatch } from './outputWatch.ts';
import { MAIN_PORT } from './portService.ts';
import { probeReadiness, type ProbeResult } from './readinessProbe.ts';
import { readEndOfRun, type RootExit } from './runEnd.ts';
import { endTree } from './stopSequence.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

interface Subject {
  readonly run: Run;
  readonly header: BlueprintHeader;
  readonly getState: () => LifeState;
  readonly post: (event: LifeEvent) => void;
  /** Called when the script announces another stage. */
  readonly onStage: (stage: InstanceStage) => void;
  readonly nextRun: () => Extract<LifeEvent, { kind: 'ended' }>['next'];
  readonly oomKills: Parameters<typeof readEndOfRun>[0]['oomKills'];
}

const EXIT_NEWS_MS = 2_500;
const NOTHING_SEEN: ProbeResult = { kind: 'fails', listens: false, holder: null };
const LEFTOVER_RULES: BlueprintHeader['stop'] = { signals: [{ signal: 'TERM', waitSeconds: 3 }], command: null };

/** Watches one live run: its tree, its readiness, its stages and deadlines; tells what it sees and decides nothing. */
export class RunWatch {
  readonly #deps: SupervisorDeps;
  readonly #subject: Subject;
  readonly #output: OutputWatch;
  readonly #ended = new AbortController();
  readonly #startedAtMs: number;
  #root: TreeRoot;
  #exit: RootExit | null = null;
  #exitAtMs = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #isHostLost = false;
  #wake: (() => void) | null = null;
  #stage: InstanceStage | null = null;
  #done: Promise<void> | null = null;
  #lastComplaint: string | null = null;

  constructor(deps: SupervisorDeps, subject: Subject) {
    this.#deps = deps;
    this.#subject = subject;
    this.#root = toRoot(subject.run);
    this.#startedAtMs = deps.machine.clock.monotonicMs();
    const { type, regex } = subject.header.ready;
    this.#output = new OutputWatch({ logPath: subject.run.logPath, pattern: type === 'log' ? regex : null });
  }

  start(): void {
    this.#done ??= this.#watch().catch((error: unknown) => { this.#deps.machine.log.error('run.watch_failed', { runId: this.#subject.run.id, error }); });
  }

  /** Tells nothing from now on. */
  abandon(): void {
    this.#ended.abort();
    this.#wake?.();
  }

  /** Resolves when nothing is looked at any more. */
  async stop(): Promise<void> {
    this.abandon();
    await this.#done;
  }

  /** The terminal host says that the script's own process has ended. */
  noteExit(exit: RootExit): void {
    this.#exit = exit;
    this.#exitAtMs = this.#deps.machine.clock.monotonicMs();
    this.#wake?.();
  }

  /** The terminal host is gone: no exit will be told. */
  noteHostLost(): void {
    this.#isHostLost = true;
    this.#wake?.();
  }

  async #watch(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      if (await this.#lookOnce()) return;
      await this.#pause();
    }
  }

  /** Whether the run is over. A look that fails, at a log that cannot be read say, is made again. */
  async #lookOnce(): Promise<boolean> {
    try {
      const tree = await this.#readTree();
      if (tree.entries.length === 0) return await this.#isOver();
      await this.#look(tree);
    } catch (error) {
      this.#sayOnce(error);
    }
    return false;
  }

  #sayOnce(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.#lastComplaint) return;
    this.#lastComplaint = message;
    this.#deps.machine.log.error('run.look_failed', { runId: this.#subject.run.id, error });
  }

  async #look(tree: ProcessTree): Promise<void> {
    const state = this.#subject.getState();
    if (state.kind !== 'installing' && state.kind !== 'starting' && state.kind !== 'started') return;
    const isReplaced = this.#adoptRoot(tree);
    if (state.kind !== 'started') await this.#readStage();
    const probe = isInstallVerb(state) ? NOTHING_SEEN : await this.#probe(tree, state);
    if (this.#isAborted()) return;
    this.#tell(state, probe);
    if (isReplaced && probe.kind === 'fails' && !probe.listens) await this.#endLeftovers(state);
  }

  #tell(state: LifeStateOf<'installing' | 'starting' | 'started'>, probe: ProbeResult): void {
    if (state.kind === 'started') { this.#tellHealth(state, probe); return; }
    this.#tellReadiness(state, probe);
    this.#checkDeadline(state);
  }

  /** Only an app that was seen to listen can be seen not to. */
  #tellHealth({ address }: LifeStateOf<'started'>, probe: ProbeResult): void {
    if (address === null) return;
    this.#subject.post({ kind: 'probed', runId: this.#subject.run.id, holds: probe.kind === 'holds', listens: probe.kind === 'fails' && probe.listens });
  }

  #tellReadiness(state: LifeStateOf<'installing' | 'starting'>, probe: ProbeResult): void {
    const { run, post } = this.#subject;
    if (probe.kind === 'holds') { post({ kind: 'ready', runId: run.id, address: probe.address }); return; }
    if (state.kind === 'starting' && probe.holder?.pid !== state.holder?.pid) post({ kind: 'portHeld', runId: run.id, holder: probe.holder });
  }

  #probe(tree: ProcessTree, state: LifeState): Promise<ProbeResult> {
    const { run, header } = this.#subject;
    const { machine: { processes, clock }, timing } = this.#deps;
    const isQuiet = state.kind === 'started' && state.health === 'ok' && clock.monotonicMs() - this.#askedAtMs < timing.startedAskMs;
    if (!isQuiet) this.#askedAtMs = clock.monotonicMs();
    return probeReadiness({ rules: header.ready, port: run.ports[MAIN_PORT] ?? 0, tree, processes, hasLogMatched: this.#output.hasMatched, isQuiet });
  }

  async #readStage(): Promise<void> {
    await this.#output.read();
    const { stage } = this.#output;
    if (stage === null || stage === this.#stage) return;
    this.#stage = stage;
    this.#subject.onStage(stage);
  }

  #checkDeadline(state: LifeStateOf<'installing' | 'starting'>): void {
    if (!state.isStalled && this.#deps.machine.clock.nowMs() >= state.deadlineMs) this.#subject.post({ kind: 'deadlinePassed', runId: this.#subject.run.id });
  }

  /** The script's process has gone and others of the run live: the oldest of them stands for the run from now on. */
  #adoptRoot(tree: ProcessTree): boolean {
    if (this.#exit === null && !this.#isHostLost) return false;
    if (tree.entries.some(({ pid }) => pid === this.#root.rootPid)) return this.#exit !== null;
    const oldest = tree.entries.toSorted((a, b) => Number(a.startToken) - Number(b.startToken) || a.pid - b.pid)[0];
    if (oldest === undefined) return false;
    this.#root = { ...this.#root, rootPid: oldest.pid, startToken: oldest.startToken };
    this.#subject.post({ kind: 'replaced', runId: this.#subject.run.id, pid: oldest.pid });
    return true;
  }

  /** What outlives an install, or a script that failed, is no app: it is ended after a while, and with it the run. */
  async #endLeftovers(state: LifeState): Promise<void> {
    const { machine, timing } = this.#deps;
    const hasFailed = this.#exit !== null && (this.#exit.exitCode !== 0 || this.#exit.signal !== null);
    if (this.#exit === null || !(isInstallVerb(state) || hasFailed)) return;
    if (machine.clock.monotonicMs() - this.#exitAtMs < timing.leftoversMs) return;
    await endTree({ root: this.#root, ports: [], rules: LEFTOVER_RULES, hadPort: false, folder: '/', environment: {} }, machine);
  }

  /** True once the end was told. The news of the exit code may come a little after the processes have gone. */
  async #isOver(): Promise<boolean> {
    const { machine, records } = this.#deps;
    const untilMs = machine.clock.monotonicMs() + EXIT_NEWS_MS;
    while (this.#exit === null && !this.#isHostLost && machine.clock.monotonicMs() < untilMs && !this.#ended.signal.aborted) await this.#pause(100);
    if (this.#ended.signal.aborted || (await this.#readTree()).entries.length > 0) return false;
    const { run, post, nextRun, oomKills } = this.#subject;
    const failure = await readEndOfRun({ run, exit: this.#exit, isHostLost: this.#isHostLost, oomKills, host: machine.host, redact: (text) => records.runs.redact(run.id, text) });
    if (this.#isAborted()) return false;
    post({ kind: 'ended', runId: run.id, failure, next: nextRun() });
    return true;
  }

  #isAborted(): boolean {
    return this.#ended.signal.aborted;
  }

  #readTree(): Promise<ProcessTree> {
    return this.#deps.machine.processes.readTree(this.#root);
  }

  async #pause(forMs = this.#planPause()): Promise<void> {
    if (this.#ended.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#deps.machine.clock.after(forMs, () => { resolve(undefined); });
    this.#wake = () => { resolve(undefined); };
    await promise;
    cancel();
    this.#wake = null;
  }

  /** Quick while it is young, calm once it is started, quick again when no exit will be told. */
  #planPause(): number {
    const { machine: { clock }, timing } = this.#deps;
    if (this.#exit !== null || this.#isHostLost) return timing.orphanedTreePollMs;
    if (this.#subject.getState().kind === 'started') return timing.startedPollMs;
    return Math.min(1_000, Math.max(100, (clock.monotonicMs() - this.#startedAtMs) / 10));
  }
}

function isInstallVerb(state: LifeState): boolean {
  return state.kind === 'installing' && state.mode === 'verb';
}

/** The root of a run's process tree, as far as its record proves it. */
export function toRoot(run: Run): TreeRoot {
  return { rootPid: run.pid ?? 0, bootId: run.bootId, mark: run.id, ...(run.startToken !== null && { startToken: run.startToken }) };
}
