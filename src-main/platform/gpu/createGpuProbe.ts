import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { AmdSysfsGpuProbe } from './amdSysfsGpuProbe.ts';
import { FirstUsableGpuProbe } from './firstUsableGpuProbe.ts';
import type { GpuProbe } from './gpuProbe.ts';
import { IntelSysfsGpuProbe } from './intelSysfsGpuProbe.ts';
import { NvidiaSmiGpuProbe } from './nvidiaSmiGpuProbe.ts';
import { NvmlGpuProbe } from './nvmlGpuProbe.ts';
import { createAmdSmiGpuProbe, createAppleGpuProbe, createRocmSmiGpuProbe } from './toolGpuProbe.ts';
import { WorkstationGpuProbe } from './workstationGpuProbe.ts';

export interface GpuProbeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly platform?: NodeJS.Platform | undefined;
  /** NVIDIA's library, by default the system's own. */
  readonly nvmlLibrary?: string | undefined;
  /** NVIDIA's program, by default the one in PATH. */
  readonly nvidiaSmi?: string | undefined;
  /** Where the reading process's entry lies when it is not the source, such as in the packed app. */
  readonly nvmlEntryPath?: string | undefined;
  /** The environment of the reading process; by default ours. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** The kernel's view of the devices, `/sys` unless a test brings another. */
  readonly sysRoot?: string | undefined;
  /** Deadlines of one reading. */
  readonly timeoutMs?: number | undefined;
  readonly startTimeoutMs?: number | undefined;
}

/** Every source of GPU facts that this platform has, as one probe; with none it reads `absent`. Does no I/O by itself. */
export function createGpuProbe(options: GpuProbeOptions): GpuProbe {
  const { clock, log, platform = process.platform, sysRoot } = options;
  const tools = [createAmdSmiGpuProbe({ clock, log }), createRocmSmiGpuProbe({ clock, log })];
  if (platform === 'darwin') return new WorkstationGpuProbe([createAppleGpuProbe({ clock, log, totalMemoryBytes: totalmem() })]);
  if (platform === 'win32') return new WorkstationGpuProbe([createNvidiaProbe(options, platform)]);
  const amd = new FirstUsableGpuProbe([new AmdSysfsGpuProbe({ sysRoot }), ...(existsSync('/dev/kfd') ? tools : [])]);
  return new WorkstationGpuProbe([createNvidiaProbe(options, platform), amd, new IntelSysfsGpuProbe({ sysRoot, clock })]);
}

function createNvidiaProbe(options: GpuProbeOptions, platform: NodeJS.Platform): GpuProbe {
  const { clock, log, nvmlLibrary, nvidiaSmi, nvmlEntryPath, environment, timeoutMs, startTimeoutMs } = options;
  const nvml = new NvmlGpuProbe({ clock, log, library: nvmlLibrary, entryPath: nvmlEntryPath, environment, timeoutMs, startTimeoutMs });
  const smi = new NvidiaSmiGpuProbe({ clock, log, command: nvidiaSmi, timeoutMs: startTimeoutMs });
  const both = new FirstUsableGpuProbe([nvml, smi]);
  if (nvmlLibrary !== undefined || nvidiaSmi !== undefined || platform === 'win32') return both;
  return { read: async () => (hasNvidiaDriver() ? both.read() : nothing()), stop: () => both.stop() };
}

/** The kernel module's folder, or Windows's device in WSL: where neither is, no process is started to look for a library. */
function hasNvidiaDriver(): boolean {
  return existsSync('/proc/driver/nvidia') || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
}

function nothing(): Awaited<ReturnType<GpuProbe['read']>> {
  return { state: 'absent', gpus: [], sources: [{ vendor: 'nvidia', via: 'nvml', state: 'absent', ageMs: 0, reason: null }] };
}
