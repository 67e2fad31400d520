import { AppError } from '#contract/errors.ts';
import type { DoctorCheck, SystemStatus } from '#contract/system.ts';
import { resolve } from 'node:path';
import { Emitter } from '../../base/emitter.ts';
import type { Host } from '../../platform/host/host.ts';
import type { EventLoopMonitor } from './eventLoopMonitor.ts';
import { judgeMachine, type MachineFacts } from './doctorPolicy.ts';

type FixedFacts = Pick<SystemStatus, 'version' | 'home' | 'startedAtMs' | 'database' | 'logPath'>;
type LiveFacts = Pick<SystemStatus, 'address' | 'instanceCount' | 'liveCount' | 'terminalHost' | 'readyAfterMs'>;

interface SystemDeps {
  host: Host;
  eventLoop: EventLoopMonitor;
  fixed: FixedFacts;
  readLive: () => LiveFacts;
  readMachine: () => Promise<MachineFacts>;
  /** A one-time address of the window; null where no browser can reach it. */
  createLink: () => string | null;
}

export type StopRequest = 'stop' | 'leave';

/** The backend about itself, and how to ask it to end. */
export class SystemService {
  readonly #deps: SystemDeps;
  readonly #didRequestStop = new Emitter<StopRequest>();

  /** Somebody asked the backend to end; the shell acts. */
  readonly onDidRequestStop = this.#didRequestStop.event;

  constructor(deps: SystemDeps) {
    this.#deps = deps;
  }

  status(): SystemStatus {
    const { host, eventLoop, fixed, readLive } = this.#deps;
    return {
      ...fixed, ...readLive(), pid: process.pid, shell: host.shell, platform: `${process.platform} ${process.arch}`,
      eventLoopDelayMs: eventLoop.read(), residentBytes: process.memoryUsage.rss(),
      capabilities: { pickFolder: host.canPickFolders, reveal: host.canReveal, notify: host.canNotify, openExternal: host.canOpenExternal },
    };
  }

  async doctor(): Promise<DoctorCheck[]> {
    return judgeMachine(await this.#deps.readMachine());
  }

  createLink(): string | null {
    return this.#deps.createLink();
  }

  /** Returns before anything ends, so that the caller still gets its answer. */
  requestStop(runs: StopRequest): void {
    setImmediate(() => { this.#didRequestStop.fire(runs); });
  }

  /** Shows a path of the data folder. @throws host.unsupported, folder.not_writable for a path outside */
  async reveal(path: string): Promise<void> {
    const { host, fixed } = this.#deps;
    if (!host.canReveal) throw new AppError('host.unsupported', 'this shell shows no files', { capability: 'reveal' });
    const target = resolve(fixed.home, path);
    if (target !== fixed.home && !target.startsWith(`${fixed.home}/`)) throw new AppError('folder.not_writable', 'outside the data folder', { path, reason: 'outside' });
    await host.reveal(target);
  }
}
