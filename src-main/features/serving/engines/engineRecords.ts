import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Engine, EngineLaunch, EngineStarter } from './enginePort.ts';

const record = z.object({ pid: z.int().nullable(), mark: z.string().min(1), kind: z.string(), name: z.string(), startedAtMs: z.number() });

interface RecordDeps {
  /** `run/engines` of the data folder. */
  readonly folder: string;
  /** Ends every process that carries a mark. */
  readonly endMarked: (mark: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Writes down which engines run, so that those which outlive a killed backend are found by their mark and ended. */
export class EngineRecords {
  readonly #deps: RecordDeps;

  constructor(deps: RecordDeps) {
    this.#deps = deps;
  }

  /** Ends what is left of the backend before. */
  async reap(): Promise<void> {
    const { folder, endMarked, log } = this.#deps;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await Promise.all(readdirSync(folder).filter((name) => name.endsWith('.json')).map(async (name) => {
      const path = join(folder, name);
      const kept = readRecord(path);
      if (kept !== null) { log.info('engine.reaped', kept); await endMarked(kept.mark); }
      rmSync(path, { force: true });
    }));
  }

  /** The same starter, whose engines are written down while they live. */
  recording(starter: EngineStarter): EngineStarter {
    return {
      kind: starter.kind,
      readAvailability: () => starter.readAvailability(),
      start: (launch) => { const engine = starter.start(launch); this.#note(engine, launch); return engine; },
    };
  }

  #note({ mark, pid, kind, onDidExit }: Engine, { name }: EngineLaunch): void {
    if (mark === null) return;
    const { folder, clock, log } = this.#deps;
    const path = join(folder, `${mark.replace(/[^\w-]/g, '_')}.json`);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path, JSON.stringify({ pid, mark, kind, name, startedAtMs: clock.nowMs() }), { mode: 0o600 });
    } catch (error) {
      // A full disk keeps nobody from serving: the engine dies with its parent all the same.
      log.warn('engine.not_recorded', { mark, error });
    }
    onDidExit(() => { rmSync(path, { force: true }); });
  }
}

/** Null for a file that was cut off or is none of ours. */
function readRecord(path: string): z.infer<typeof record> | null {
  try {
    return record.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
