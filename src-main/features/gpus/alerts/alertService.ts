import type { Alert } from '#contract/alerts.ts';
import type { GpuReading } from '#contract/gpus.ts';
import type { JournalEntry } from '#contract/journal.ts';
import type { JournalEvent } from '#contract/journal.ts';
import type { WorkstationReading } from '#contract/workstation.ts';
import type { Clock } from '../../../base/clock.ts';
import { DisposableStack } from '../../../base/disposables.ts';
import { Emitter, type Event } from '../../../base/emitter.ts';
import { createId } from '../../../base/ids.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Host } from '../../../platform/host/host.ts';
import type { JournalService } from '../../journal/index.ts';
import { QUIET, stepAlert, type AlertState } from './alertPolicy.ts';
import { createRules, observeGpus, observeWorkstation, type AlertLimits, type Observation } from './alertRules.ts';
import { describeAlert } from './alertWords.ts';

interface AlertDeps {
  readonly sources: { readonly gpus: Event<GpuReading>; readonly workstation: Event<WorkstationReading> };
  readonly journal: Pick<JournalService, 'record' | 'onDidAdd'>;
  readonly host: Pick<Host, 'canNotify' | 'notify'>;
  readonly getLimits: () => AlertLimits & { readonly isNotifying: boolean };
  readonly clock: Clock;
  readonly log: Logger;
}

const KEPT_CLEARED = 50;
const OUT_OF_MEMORY: ReadonlySet<string> = new Set(['out_of_memory', 'out_of_gpu_memory']);
/** The same app is not told of again meanwhile, however often it is started and dies. */
const OUT_OF_MEMORY_MS = 10 * 60_000;

/** Looks at every reading, and tells once when something needs a look and once when it is over. */
export class AlertService {
  readonly #deps: AlertDeps;
  readonly #states = new Map<string, AlertState>();
  readonly #standing = new Map<string, Alert>();
  readonly #knownGpus = new Map<string, string>();
  readonly #didChange = new Emitter<Alert>();
  #stack: DisposableStack | null = null;
  #cleared: Alert[] = [];

  readonly onDidChange = this.#didChange.event;

  constructor(deps: AlertDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#stack !== null) return;
    const { sources, journal } = this.#deps;
    this.#stack = new DisposableStack();
    this.#stack.add(sources.gpus((reading) => { this.#lookAtGpus(reading); }));
    this.#stack.add(sources.workstation((reading) => { this.#look(observeWorkstation(reading)); }));
    this.#stack.add(journal.onDidAdd((entry) => { this.#lookAtEntry(entry); }));
  }

  stop(): void {
    this.#stack?.dispose();
    this.#stack = null;
  }

  /** What stands now, newest first, then the last that have gone. */
  list(): Alert[] {
    return [...[...this.#standing.values()].toSorted((a, b) => b.raisedAtMs - a.raisedAtMs), ...this.#cleared];
  }

  #lookAtGpus(reading: GpuReading): void {
    this.#look(observeGpus(reading, this.#knownGpus));
    for (const { id, index, name } of reading.gpus) this.#knownGpus.set(id, `GPU ${index} (${name})`);
  }

  #look(observations: readonly Observation[]): void {
    const limits = this.#deps.getLimits();
    const rules = createRules(limits);
    const atMs = this.#deps.clock.monotonicMs();
    for (const one of observations) {
      const rule = rules[one.kind];
      const key = `${one.kind} ${one.subjectId}`;
      const { state, news } = stepAlert(rule, this.#states.get(key) ?? QUIET, { value: one.value, atMs });
      this.#states.set(key, state);
      if (news === 'raised') this.#raise(key, { ...one, limit: rule.raiseAt }, limits.isNotifying);
      if (news === 'cleared') this.#clear(key);
    }
  }

  /** Every change of status is in the journal, with its cause. */
  #lookAtEntry({ cause, subjectId, subjectName }: JournalEntry): void {
    if (cause === null || subjectId === null || !OUT_OF_MEMORY.has(cause)) return;
    const key = `out_of_memory ${subjectId}`;
    if (this.#standing.has(key)) return;
    this.#raise(key, { kind: 'out_of_memory', subjectId, subjectName: subjectName ?? subjectId, value: null, limit: null }, this.#deps.getLimits().isNotifying);
    this.#stack?.defer(this.#deps.clock.after(OUT_OF_MEMORY_MS, () => { this.#clear(key); }));
  }

  #raise(key: string, facts: Pick<Alert, 'kind' | 'subjectId' | 'subjectName' | 'value' | 'limit'>, isNotifying: boolean): void {
    const { clock, host, log } = this.#deps;
    const { kind, subjectId, subjectName, value, limit } = facts;
    const alert: Alert = { id: createId('alert', clock.nowMs()), kind, subjectId, subjectName, value, limit, raisedAtMs: clock.nowMs(), clearedAtMs: null };
    this.#standing.set(key, alert);
    this.#record('alert.raised', alert);
    this.#didChange.fire(alert);
    if (isNotifying && host.canNotify) host.notify(describeAlert(alert)).catch((error: unknown) => { log.warn('alert.not_notified', { error }); });
  }

  #clear(key: string): void {
    const standing = this.#standing.get(key);
    if (standing === undefined) return;
    const alert: Alert = { ...standing, clearedAtMs: this.#deps.clock.nowMs() };
    this.#standing.delete(key);
    this.#cleared = [alert, ...this.#cleared].slice(0, KEPT_CLEARED);
    this.#record('alert.cleared', alert);
    this.#didChange.fire(alert);
  }

  #record(event: JournalEvent, { kind, subjectId, subjectName, value, limit }: Alert): void {
    const isGpu = this.#knownGpus.has(subjectId) || kind.startsWith('gpu_');
    this.#deps.journal.record({ event, subjectKind: isGpu ? 'gpu' : 'alert', subjectId, subjectName, to: kind, details: { kind, value, limit } });
    this.#deps.log.info(event, { kind, subjectId, value, limit });
  }
}
