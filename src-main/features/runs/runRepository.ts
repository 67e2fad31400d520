import { z } from 'zod';
import { run as runSchema, type Run } from '#contract/runs.ts';
import type { Database } from '../../platform/sqlite/database.ts';

const json = z.string().transform((text): unknown => JSON.parse(text));
const row = z.object({
  id: z.string(), instance_id: z.string(), instance_name: z.string(), terminal_id: z.string(), phase: z.string(), blueprint_id: z.string(),
  script_sha256: z.string(), pid: z.int().nullable(), start_token: z.string().nullable(), boot_id: z.string(), process_group: z.int().nullable(),
  ports: json, gpu_ids: json, log_path: z.string(), settings: json.pipe(z.record(z.string(), z.unknown())),
  created_at_ms: z.number(), ready_at_ms: z.number().nullable(), ended_at_ms: z.number().nullable(),
  exit_code: z.int().nullable(), signal: z.int().nullable(), cause: z.string().nullable(), cause_evidence: z.string().nullable(),
});

/** A run as it is kept: with the settings that it was started with. */
export interface KeptRun {
  readonly run: Run;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The only file with SQL on `runs`. */
export class RunRepository {
  readonly #save;
  readonly #get;
  readonly #newest;
  readonly #live;
  readonly #deleteOf;

  constructor(database: Database) {
    this.#save = database.prepare<[Record<string, unknown>]>(`
      INSERT INTO runs (id, instance_id, instance_name, terminal_id, phase, blueprint_id, script_sha256, pid, start_token, boot_id, process_group, ports, gpu_ids,
        log_path, settings, created_at_ms, ready_at_ms, ended_at_ms, exit_code, signal, cause, cause_evidence)
      VALUES (@id, @instanceId, @instanceName, @terminalId, @phase, @blueprintId, @scriptSha256, @pid, @startToken, @bootId, @processGroup, @ports, @gpuIds,
        @logPath, @settings, @createdAtMs, @readyAtMs, @endedAtMs, @exitCode, @signal, @cause, @causeEvidence)
      ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, start_token = excluded.start_token, process_group = excluded.process_group,
        ready_at_ms = excluded.ready_at_ms, ended_at_ms = excluded.ended_at_ms, exit_code = excluded.exit_code, signal = excluded.signal,
        cause = excluded.cause, cause_evidence = excluded.cause_evidence`);
    this.#get = database.prepare<[string]>('SELECT * FROM runs WHERE id = ?');
    this.#newest = database.prepare<[string | null, string | null, number]>('SELECT * FROM runs WHERE (? IS NULL OR instance_id = ?) ORDER BY created_at_ms DESC, rowid DESC LIMIT ?');
    this.#live = database.prepare('SELECT * FROM runs WHERE ended_at_ms IS NULL ORDER BY created_at_ms DESC, rowid DESC');
    this.#deleteOf = database.prepare<[string]>('DELETE FROM runs WHERE instance_id = ?');
  }

  /** Inserts the run, or writes what may change of it. */
  save({ run, settings }: KeptRun): void {
    this.#save.run({ ...run, ports: JSON.stringify(run.ports), gpuIds: JSON.stringify(run.gpuIds), settings: JSON.stringify(settings) });
  }

  find(id: string): KeptRun | null {
    const raw = this.#get.get(id);
    return raw === undefined ? null : toKeptRun(raw);
  }

  /** Newest first. */
  list({ instanceId, limit }: { instanceId: string | null; limit: number }): KeptRun[] {
    return this.#newest.all(instanceId, instanceId, limit).map(toKeptRun);
  }

  /** Runs that have not ended, as far as the records know; newest first. */
  listLive(): KeptRun[] {
    return this.#live.all().map(toKeptRun);
  }

  deleteOfInstance(instanceId: string): void {
    this.#deleteOf.run(instanceId);
  }
}

function toKeptRun(raw: unknown): KeptRun {
  const { settings, ...kept } = row.parse(raw);
  const run = runSchema.parse({
    id: kept.id, instanceId: kept.instance_id, instanceName: kept.instance_name, terminalId: kept.terminal_id, phase: kept.phase,
    blueprintId: kept.blueprint_id, scriptSha256: kept.script_sha256, pid: kept.pid, startToken: kept.start_token, bootId: kept.boot_id,
    processGroup: kept.process_group, ports: kept.ports, gpuIds: kept.gpu_ids, logPath: kept.log_path, createdAtMs: kept.created_at_ms,
    readyAtMs: kept.ready_at_ms, endedAtMs: kept.ended_at_ms, exitCode: kept.exit_code, signal: kept.signal, cause: kept.cause, causeEvidence: kept.cause_evidence,
  });
  return { run, settings };
}
