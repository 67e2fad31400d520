import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Engine, EngineLaunch, EngineStarter } from './enginePort.ts';

interface RecordDeps {
  /** `run/engines` of the data folder. */
  readonly folder: string;
  /** Ends every process that carries a mark. */
  readonly endMarked: (mark: string) => Promise<void>;
  /** Deletes what an engine of this mark leaves behind when it is killed. */
  readonly removeFiles: (mark: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Writes down which engines run, each in a file that is named by its mark, so that those which outlive a killed backend are found and ended. */
export class EngineRecords {
  readonly #deps: RecordDeps;

  constructor(deps: RecordDeps) {
    this.#deps = deps;
  }

  /** Ends what is left of the backend before. */
  async reap(): Promise<void> {
    const { folder, endMarked, removeFiles, log } = this.#deps;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await Promise.all(readdirSync(folder).filter((name) => name.endsWith('.json')).map(async (name) => {
      const mark = basename(name, '.json');
      log.info('engine.reaped', { mark });
      await endMarked(mark);
      removeFiles(mark);
      rmSync(join(folder, name), { force: true });
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
    const path = join(folder, `${mark}.json`);
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
