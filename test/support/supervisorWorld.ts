import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Instance, InstanceStatus } from '#contract/instances.ts';
import type { Run } from '#contract/runs.ts';
import { createInstanceFeatures } from '../../src-main/app/instanceFeatures.ts';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { BlueprintLibrary } from '../../src-main/features/blueprints/index.ts';
import { GpuSampler, LeaseRepository, LeaseService } from '../../src-main/features/gpus/index.ts';
import { DEFAULT_TIMING, type SupervisorTiming } from '../../src-main/features/instances/index.ts';
import { JournalRepository, JournalService } from '../../src-main/features/journal/index.ts';
import { SettingsRepository, SettingsService } from '../../src-main/features/settings/index.ts';
import { createProcessOwners } from '../../src-main/platform/process/processOwners.ts';
import { createProcessTable } from '../../src-main/platform/process/createProcessTable.ts';
import type { ProcessTable } from '../../src-main/platform/process/processTable.ts';
import { createNodeHostStarter } from '../../src-main/platform/pty/hostProcess.ts';
import { SocketPtyHost } from '../../src-main/platform/pty/socketPtyHost.ts';
import { closeDatabase, openDatabase, type Database } from '../../src-main/platform/sqlite/database.ts';
import { migrations } from '../../src-main/platform/sqlite/migrations.ts';
import { waitFor } from './waitFor.ts';

const entryPath = fileURLToPath(new URL('../../src-main/ptyHost/main.ts', import.meta.url));
const blueprints = fileURLToPath(new URL('../fakes/blueprints', import.meta.url));
const stockBlueprints = fileURLToPath(new URL('../../blueprints', import.meta.url));
const POOL_SIZE = 12;
let nextPool = 21_000 + (process.pid % 400) * 60;

export type Features = ReturnType<typeof createInstanceFeatures>;

/** Quick looks at started apps, and short patience with silent ones. */
export const QUICK: SupervisorTiming = { ...DEFAULT_TIMING, startedPollMs: 200, orphanedTreePollMs: 100, leftoversMs: 500, silence: { failingMs: 600, goneMs: 1_500 } };

interface Options { timing?: SupervisorTiming; startLimit?: number; processes?: ProcessTable; environment?: Readonly<Record<string, string>> }

/** One backend's instances over a data folder: real database, processes and terminal host. */
export interface WorldBackend extends Features {
  readonly host: SocketPtyHost;
  readonly journal: JournalService;
  readonly settings: SettingsService;
  /** Stops looking, as a backend that leaves its runs does. */
  leave(): Promise<void>;
}

/** A data folder with backends that come and go; `end` proves that nothing is left. */
export class SupervisorWorld {
  readonly home = mkdtempSync(join(tmpdir(), 'wh-sup-'));
  readonly pool: { first: number; last: number };
  readonly processes = createProcessTable();
  readonly #backends: WorldBackend[] = [];

  constructor() {
    this.pool = { first: nextPool, last: nextPool + POOL_SIZE - 1 };
    nextPool += POOL_SIZE;
  }

  /** Starts a backend; the one before it should have left. */
  async start({ timing = QUICK, startLimit = 4, processes = this.processes, environment = {} }: Options = {}): Promise<WorldBackend> {
    const opened = openDatabase({ path: join(this.home, 'wheelhouse.db'), migrations, nowMs: systemClock.nowMs(), log: silentLog });
    const journal = new JournalService({ repository: new JournalRepository(opened.database), clock: systemClock, isReadOnly: false });
    const fixed = new Map<'ports.first' | 'ports.last' | 'instances.startLimit', unknown>([['ports.first', this.pool.first], ['ports.last', this.pool.last], ['instances.startLimit', startLimit]]);
    const settings = new SettingsService({ repository: new SettingsRepository(opened.database), journal, clock: systemClock, fixed });
    const host = new SocketPtyHost({ home: this.home, entryPath, clock: systemClock, log: silentLog, startHostProcess: createNodeHostStarter({ executablePath: process.execPath, environment: process.env }) });
    const gpus = new GpuSampler({ probe: { read: () => Promise.resolve({ state: 'absent', gpus: [] }) }, clock: systemClock, log: silentLog });
    const leases = new LeaseService({ readings: gpus, owners: createProcessOwners(), repository: new LeaseRepository(opened.database), getReserveBytes: () => 0, clock: systemClock, log: silentLog });
    const features = createInstanceFeatures({
      config: { instances: join(this.home, 'instances'), trash: join(this.home, 'trash'), shared: join(this.home, 'shared'), logs: join(this.home, 'logs'), environment: { ...process.env, ...environment }, versionsFile: join(stockBlueprints, '../versions.env'), stockBlueprints },
      opened, journal, settings, gpus, leases, mpsSharing: { environmentOf: () => ({}) },
      library: new BlueprintLibrary({ stockFolder: stockBlueprints, customFolder: blueprints }), processes, ptyHost: host, clock: systemClock, log: loudLog, timing,
    });
    const backend = { ...features, host, journal, settings, leave: () => leave(features, host, opened.database) };
    this.#backends.push(backend);
    await features.runs.start();
    await features.instances.start();
    await features.instances.resume();
    return backend;
  }

  /** Waits until an instance has a status. */
  async waitFor({ instances }: Pick<Features, 'instances'>, name: string, status: InstanceStatus, timeoutMs = 15_000): Promise<Instance> {
    try {
      return await waitFor(() => [instances.get(name)].find((one) => one.status === status), { timeoutMs });
    } catch (error) {
      throw new Error(`${name} is not ${status} but ${JSON.stringify(instances.get(name))}`, { cause: error });
    }
  }

  /** Every live process of any run of this world, by its mark. */
  async readMarked({ runs }: Pick<Features, 'runs'>): Promise<number[]> {
    const marked = await this.processes.findMarked();
    return [...marked].filter(([mark]) => runs.find(mark) !== null).flatMap(([, rows]) => rows.map(({ pid }) => pid));
  }

  readFile(...path: string[]): string {
    return readFileSync(join(this.home, ...path), 'utf8');
  }

  lastRun({ runs }: Pick<Features, 'runs'>, instance: string): Run {
    const [run] = runs.list({ instance, limit: 1 });
    if (run === undefined) throw new Error(`${instance} has no run`);
    return run;
  }

  /** Stops everything and proves that no process, and no port, is left. */
  async end(): Promise<void> {
    const backend = this.#backends.at(-1);
    if (backend !== undefined) {
      await backend.instances.stopAll();
      await waitFor(async () => (await this.readMarked(backend)).length === 0, { what: 'the last process to go' });
      await backend.host.ensureStarted();
      await backend.host.shutdown();
    }
    for (const each of this.#backends) await each.leave();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

const loudLog = {
  ...silentLog,
  error: (event: string, fields?: Readonly<Record<string, unknown>>) => { process.stderr.write(`${event} ${fields?.['error'] instanceof Error ? fields['error'].stack ?? '' : JSON.stringify(fields)}\n`); },
  child: () => loudLog,
};

async function leave({ instances }: Features, host: SocketPtyHost, database: Database): Promise<void> {
  await instances.stop();
  await host.stop();
  closeDatabase(database);
}
