import { z } from 'zod';
import type { Gpu, GpuProcess, ThrottleReason } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import { toBareGpu } from './gpuProbe.ts';
import { toMemory, toThrottleReasons } from './nvml/nvmlCodes.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** What is asked of each device, by `nvidia-smi`'s names. Older versions lack the later ones: those are left out then. */
export const SMI_FIELDS = [
  'uuid', 'index', 'name', 'memory.total', 'memory.used', 'memory.free', 'pci.bus_id', 'utilization.gpu', 'utilization.memory', 'temperature.gpu',
  'power.draw', 'power.limit', 'clocks.gr', 'clocks.mem', 'clocks.max.gr', 'fan.speed', 'display_active', 'driver_version',
  'clocks_throttle_reasons.active', 'mig.mode.current', 'compute_cap',
] as const;
export type SmiField = (typeof SMI_FIELDS)[number];

const NOTHING = /^\[?(n\/a|not supported|unknown error|insufficient permissions|gpu is lost|gpu requires reset)/i;
const required = z.object({ uuid: z.string().min(1), index: z.string().regex(/^\d+$/).transform(Number), name: z.string() });

/**
 * Parses one line of `nvidia-smi --query-gpu=<fields> --format=csv,noheader,nounits`.
 * @throws ZodError for another shape
 */
export function parseGpuLine(line: string, fields: readonly SmiField[] = SMI_FIELDS): Gpu {
  const parts = line.split(',').map((cell) => cell.trim());
  const cells = new Map<SmiField, string>(fields.map((field, at) => [field, parts[at] ?? '']));
  const { uuid, index, name } = required.parse(Object.fromEntries(cells));
  const text = (field: SmiField): string | null => toText(cells.get(field));
  const number = (field: SmiField): number | null => toNumber(cells.get(field));
  const bytes = (field: SmiField): number | null => scale(number(field), BYTES_PER_MIB);
  const display = text('display_active');
  return {
    ...toBareGpu({ id: gpuId.parse(uuid), index, vendor: 'nvidia', name }),
    ...toMemory({ total: bytes('memory.total'), used: bytes('memory.used'), free: bytes('memory.free') }),
    pciBusId: text('pci.bus_id'), utilizationPercent: number('utilization.gpu'), memoryUtilizationPercent: number('utilization.memory'),
    temperatureCelsius: number('temperature.gpu'), powerWatts: number('power.draw'), powerLimitWatts: number('power.limit'),
    graphicsClockMhz: number('clocks.gr'), memoryClockMhz: number('clocks.mem'), maxGraphicsClockMhz: number('clocks.max.gr'), fanPercent: number('fan.speed'),
    isDisplayAttached: display === null ? null : display === 'Enabled', throttleReasons: parseThrottle(text('clocks_throttle_reasons.active')),
    migMode: toMigMode(text('mig.mode.current')), driverVersion: text('driver_version'), computeCapability: text('compute_cap'),
  };
}

const processCells = z.tuple([z.string().startsWith('GPU-'), z.coerce.number().int().positive(), z.string()]);

/**
 * Parses one line of `nvidia-smi --query-compute-apps=gpu_uuid,pid,used_memory --format=csv,noheader,nounits`.
 * @throws ZodError for another shape
 */
export function parseProcessLine(line: string): { gpuUuid: string; process: GpuProcess } {
  const [gpuUuid, pid, used] = processCells.parse(line.split(',').map((cell) => cell.trim()));
  return { gpuUuid, process: { pid, usedBytes: scale(toNumber(used), BYTES_PER_MIB), kind: 'compute', migId: null } };
}

/** The field that this version of nvidia-smi does not know, from `Field "compute_cap" is not a valid field to query.` */
export function parseUnknownField(text: string): SmiField | null {
  const name = /Field "([^"]+)" is not a valid field/.exec(text)?.[1];
  return SMI_FIELDS.find((field) => field === name) ?? null;
}

/** The version that the table's head names: `CUDA Version: 12.8`. */
export function parseCudaVersion(text: string): string | null {
  return /CUDA Version\s*:\s*(\d+\.\d+)/.exec(text)?.[1] ?? null;
}

function toText(cell: string | undefined): string | null {
  return cell === undefined || cell === '' || NOTHING.test(cell) ? null : cell;
}

function toNumber(cell: string | undefined): number | null {
  const text = toText(cell);
  const value = text === null ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

function scale(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

function toMigMode(text: string | null): Gpu['migMode'] {
  if (text === null) return null;
  return text === 'Enabled' ? 'on' : 'off';
}

/** `0x0000000000000004` */
function parseThrottle(text: string | null): ThrottleReason[] | null {
  return text !== null && /^0x[\da-f]{1,16}$/i.test(text) ? toThrottleReasons(BigInt(text)) : null;
}
