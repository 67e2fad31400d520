import { readFile } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { currentLoad, mem, networkStats } from 'systeminformation';
import type { WorkstationReading } from '#contract/workstation.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { readFolderDisks } from './folderDisks.ts';
import { parseCoreTimes, parseCpuTimes, parseMeminfo, parseNetDev, toCpuPercent, toNetworkRates, type CpuTimes, type NetworkCounts } from './procParsing.ts';

/** One reading: what the contract says, but for the time; `cpuPercent` is null at the first. */
export type WorkstationFacts = Omit<WorkstationReading, 'takenAtMs' | 'coreCount' | 'cpuPercent'> & { readonly cpuPercent: number | null };

/** Reads what the workstation is doing. */
export interface WorkstationProbe {
  readonly coreCount: number;
  /** Percentages and rates are over the time since the last call; at the first they are null or left out. */
  read(): Promise<WorkstationFacts>;
}

interface WorkstationProbeOptions {
  /** More folders whose disks are read, besides the data folder. */
  readonly folders?: readonly string[];
  readonly clock?: Clock;
  readonly procRoot?: string;
}

interface Before { cpu: CpuTimes; cores: ReadonlyMap<number, CpuTimes>; networks: readonly NetworkCounts[]; atMs: number }

/** Reads /proc directly: 0.02 ms instead of systeminformation's 0.7 (measured on Debian 12 with systeminformation 5.33). */
export class ProcWorkstationProbe implements WorkstationProbe {
  readonly coreCount = availableParallelism();
  readonly #folders: readonly string[];
  readonly #clock: Clock;
  readonly #procRoot: string;
  #before: Before | null = null;

  constructor(home: string, { folders = [], clock = systemClock, procRoot = '/proc' }: WorkstationProbeOptions = {}) {
    this.#folders = [home, ...folders];
    this.#clock = clock;
    this.#procRoot = procRoot;
  }

  async read(): Promise<WorkstationFacts> {
    const text = (name: string): Promise<string> => readFile(join(this.#procRoot, name), 'utf8');
    const [stat, meminfo, netDev, disks] = await Promise.all([text('stat'), text('meminfo'), text('net/dev'), readFolderDisks(this.#folders)]);
    const before = this.#before;
    const now: Before = { cpu: parseCpuTimes(stat), cores: parseCoreTimes(stat), networks: parseNetDev(netDev), atMs: this.#clock.monotonicMs() };
    this.#before = now;
    const corePercents = [...now.cores].map(([core, times]) => toCpuPercent(before?.cores.get(core), times));
    return {
      cpuPercent: before === null ? null : toCpuPercent(before.cpu, now.cpu),
      ...parseMeminfo(meminfo), ...toHomeDisk(disks), disks,
      ...(before !== null && { corePercents: corePercents.map((percent) => percent ?? 0), networks: toNetworkRates(before.networks, now.networks, now.atMs - before.atMs) }),
    };
  }
}

/** macOS and Windows, by systeminformation. */
export class PortableWorkstationProbe implements WorkstationProbe {
  readonly coreCount = availableParallelism();
  readonly #folders: readonly string[];

  constructor(home: string, { folders = [] }: Pick<WorkstationProbeOptions, 'folders'> = {}) {
    this.#folders = [home, ...folders];
  }

  async read(): Promise<WorkstationFacts> {
    const [load, memory, interfaces, disks] = await Promise.all([currentLoad(), mem(), networkStats(), readFolderDisks(this.#folders)]);
    return {
      cpuPercent: load.currentLoad, corePercents: load.cpus.map(({ load: percent }) => percent),
      memoryTotalBytes: totalmem(), memoryUsedBytes: totalmem() - freemem(), swapTotalBytes: memory.swaptotal, swapUsedBytes: memory.swapused,
      ...toHomeDisk(disks), disks,
      networks: interfaces.map(({ iface, rx_sec: received, tx_sec: sent }) => ({ name: iface, receivedBytesPerSecond: Math.max(0, received), sentBytesPerSecond: Math.max(0, sent) })),
    };
  }
}

function toHomeDisk([home]: Awaited<ReturnType<typeof readFolderDisks>>): Pick<WorkstationReading, 'diskTotalBytes' | 'diskFreeBytes'> {
  return { diskTotalBytes: home?.totalBytes ?? null, diskFreeBytes: home?.freeBytes ?? null };
}
