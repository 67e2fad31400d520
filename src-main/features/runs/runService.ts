import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#contract/errors.ts';
import { runId, terminalId, type InstanceId, type RunId } from '#contract/ids.ts';
import type { Run } from '#contract/runs.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { createId } from '../../base/ids.ts';
import { followLog, readLogText, searchLog, type FoundLine } from './runLog.ts';
import { SecretRedaction } from './secretRedaction.ts';
import type { KeptRun, RunRepository } from './runRepository.ts';

interface RunDeps {
  repository: RunRepository;
  /** Finds an instance by id, slug or name. @throws instance.not_found */
  resolveInstance: (reference: string) => InstanceId;
  /** Where every run's log lies, one folder a run; it is not the instance's, so it survives a rename and the trash. */
  logsFolder: string;
  /** The backend's own, which scripts have their secrets from. */
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
}

/** What is known of a run before its process exists. */
export type RunStart = Pick<Run, 'id' | 'instanceId' | 'instanceName' | 'phase' | 'blueprintId' | 'scriptSha256' | 'bootId' | 'ports' | 'gpuIds'> & { settings: Readonly<Record<string, unknown>>; secretNames: readonly string[] };

/** Stands beside the settings in a run's record, so that its log can be shown without its secrets. */
const SECRET_NAMES = 'secretNames';
const secretNamesOf = z.array(z.string()).catch([]);

/** The records of all runs, and their logs. */
export class RunService {
  readonly #deps: RunDeps;
  readonly #didChange = new Emitter<Run>();
  /** Each instance's newest run, so that a long list of instances asks the database for none. */
  readonly #newest = new Map<InstanceId, Run | null>();

  readonly onDidChange = this.#didChange.event;

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  /** Makes the folder of the logs. @throws what the system says */
  async start(): Promise<void> {
    await mkdir(this.#deps.logsFolder, { recursive: true });
  }

  /** Newest first. @throws instance.not_found */
  list({ instance, limit }: { instance?: string | undefined; limit: number }): Run[] {
    const instanceId = instance === undefined ? null : this.#deps.resolveInstance(instance);
    return this.#deps.repository.list({ instanceId, limit }).map(({ run }) => run);
  }

  /** @throws run.not_found */
  get(id: string): Run {
    return this.#require(id).run;
  }

  find(id: string): Run | null {
    return this.#deps.repository.find(id)?.run ?? null;
  }

  /** An instance's newest run. */
  findLast(instanceId: InstanceId): Run | null {
    const known = this.#newest.get(instanceId);
    if (known !== undefined) return known;
    const run = this.#deps.repository.list({ instanceId, limit: 1 })[0]?.run ?? null;
    this.#newest.set(instanceId, run);
    return run;
  }

  /** The settings that a run was started with. */
  settingsOf(id: string): Readonly<Record<string, unknown>> {
    return this.#deps.repository.find(id)?.settings ?? {};
  }

  listLive(): Run[] {
    return this.#deps.repository.listLive().map(({ run }) => run);
  }

  /** A text without the secrets that a run was given. */
  redact(id: string, text: string): string {
    return this.#redactionOf(id).redact(text);
  }

  /** The end of a run's log, without reading the rest. @throws run.not_found */
  async log(id: string, { maxBytes = 200_000, raw = false }: { maxBytes?: number; raw?: boolean } = {}): Promise<{ text: string; sizeBytes: number; isTruncated: boolean }> {
    return readLogText(this.get(id).logPath, { maxBytes, raw, redaction: this.#redactionOf(id) });
  }

  /** The newest lines of the whole log that hold a text. @throws run.not_found */
  async search(id: string, query: { text: string; limit: number }): Promise<{ lines: FoundLine[]; isTruncated: boolean }> {
    return searchLog(this.get(id).logPath, { ...query, redaction: this.#redactionOf(id) });
  }

  /** The log from its end on, as it grows, until the run ends or the signal does. @throws run.not_found */
  async* follow(id: string, { tailBytes, signal }: { tailBytes: number; signal?: AbortSignal }): AsyncGenerator<{ text: string }, void, void> {
    const { logPath } = this.get(id);
    const isOver = (): boolean => this.find(id)?.endedAtMs !== null;
    yield* followLog(logPath, { tailBytes, isOver, clock: this.#deps.clock, signal, redaction: this.#redactionOf(id) });
  }

  createRunId(): RunId {
    return runId.parse(createId('run', this.#deps.clock.nowMs()));
  }

  /** Writes the record of a run that is about to be spawned. */
  open({ settings, secretNames, ...start }: RunStart): Run {
    const run: Run = {
      ...start, terminalId: terminalId.parse(start.id), pid: null, startToken: null, processGroup: null,
      logPath: join(this.#deps.logsFolder, start.id, 'output.log'), createdAtMs: this.#deps.clock.nowMs(),
      readyAtMs: null, endedAtMs: null, exitCode: null, signal: null, cause: null, causeEvidence: null,
    };
    this.#save({ run, settings: secretNames.length === 0 ? settings : { ...settings, [SECRET_NAMES]: secretNames } });
    return run;
  }

  /** Writes what became known of a run. @throws run.not_found */
  update(id: RunId, change: Partial<Pick<Run, 'pid' | 'startToken' | 'processGroup' | 'readyAtMs'>>): Run {
    const { run, settings } = this.#require(id);
    return this.#save({ run: { ...run, ...change }, settings });
  }

  /** Ends a run's record; a second time changes nothing. @throws run.not_found */
  close(id: RunId, end: Pick<Run, 'exitCode' | 'signal' | 'cause' | 'causeEvidence'>): Run {
    const { run, settings } = this.#require(id);
    return run.endedAtMs === null ? this.#save({ run: { ...run, ...end, endedAtMs: this.#deps.clock.nowMs() }, settings }) : run;
  }

  /** Deletes an instance's records and logs for good. */
  async purge(instanceId: InstanceId): Promise<void> {
    const runs = this.#deps.repository.list({ instanceId, limit: Number.MAX_SAFE_INTEGER });
    for (const { run } of runs) await rm(dirname(run.logPath), { recursive: true, force: true });
    this.#deps.repository.deleteOfInstance(instanceId);
    this.#newest.delete(instanceId);
  }

  #redactionOf(id: string): SecretRedaction {
    const names = secretNamesOf.parse(this.settingsOf(id)[SECRET_NAMES]);
    return new SecretRedaction(names.map((name) => this.#deps.environment[name] ?? ''));
  }

  #require(id: string): KeptRun {
    const kept = this.#deps.repository.find(id);
    if (kept === null) throw new AppError('run.not_found', `no run ${id}`, { runId: id });
    return kept;
  }

  #save(kept: KeptRun): Run {
    this.#deps.repository.save(kept);
    const newest = this.findLast(kept.run.instanceId);
    if (newest === null || newest.id === kept.run.id || kept.run.createdAtMs > newest.createdAtMs) this.#newest.set(kept.run.instanceId, kept.run);
    this.#didChange.fire(kept.run);
    return kept.run;
  }
}
