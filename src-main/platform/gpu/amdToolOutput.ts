import { z } from 'zod';
import type { Gpu } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import { toBareGpu } from './gpuProbe.ts';
import { toMemory } from './nvml/nvmlCodes.ts';

const BYTES_PER_MB = 1024 * 1024;
const rocmCards = z.record(z.string(), z.record(z.string(), z.unknown()));

/**
 * Parses `rocm-smi … --json`: one object a card, every value a text, names that changed between versions.
 * @throws ZodError or SyntaxError for another shape
 */
export function parseRocmSmi(text: string): Gpu[] {
  const cards = Object.entries(rocmCards.parse(JSON.parse(text.slice(text.indexOf('{'))))).filter(([key]) => /^card\d+$/.test(key));
  return cards.map(([key, card]) => {
    const number = (...names: string[]): number | null => names.map((name) => toNumber(card[name])).find((value) => value !== null) ?? null;
    const word = (...names: string[]): string | null => names.map((name) => toWord(card[name])).find((value) => value !== null) ?? null;
    const index = Number(key.slice('card'.length));
    const bus = word('PCI Bus');
    return {
      ...toBareGpu({ id: toId(word('Unique ID'), bus ?? key), index, vendor: 'amd', name: word('Card Series', 'Card series', 'Device Name', 'Card Model') ?? 'AMD GPU' }),
      ...toMemory({ total: number('VRAM Total Memory (B)'), used: number('VRAM Total Used Memory (B)'), free: null }),
      pciBusId: bus, utilizationPercent: number('GPU use (%)'), memoryUtilizationPercent: number('GPU Memory Read/Write Activity (%)', 'Memory Activity'),
      temperatureCelsius: number('Temperature (Sensor edge) (C)', 'Temperature (Sensor junction) (C)'),
      powerWatts: number('Average Graphics Package Power (W)', 'Current Socket Graphics Package Power (W)'), powerLimitWatts: number('Max Graphics Package Power (W)'),
      graphicsClockMhz: toMhz(card['sclk clock speed:']), memoryClockMhz: toMhz(card['mclk clock speed:']), fanPercent: number('Fan speed (%)', 'Fan Speed (%)'),
      computeCapability: word('GFX Version'),
    };
  });
}

const measure = z.union([z.object({ value: z.unknown() }).transform(({ value }) => toNumber(value)), z.unknown().transform(toNumber)]);
/** A group of measures by name; a whole group may be "N/A". */
const measures = z.union([z.record(z.string(), z.union([measure, z.unknown().transform(() => null)])), z.unknown().transform((): Record<string, number | null> => ({}))]).prefault({});
const amdDevice = z.object({ gpu: z.int(), usage: measures, power: measures, temperature: measures, mem_usage: measures, fan: measures });
/** Versions from 7 on put the list into `gpu_data`. */
const amdReport = z.union([z.array(amdDevice), z.object({ gpu_data: z.array(amdDevice) }).transform(({ gpu_data }) => gpu_data)]);

/** Parses `amd-smi metric --json`. @throws ZodError or SyntaxError for another shape */
export function parseAmdSmi(text: string): Gpu[] {
  return amdReport.parse(JSON.parse(text)).map(({ gpu: index, usage, power, temperature, mem_usage: memory, fan }) => {
    const bytes = (name: string): number | null => toBytes(memory[name]);
    return {
      ...toBareGpu({ id: gpuId.parse(`AMD-${index}`), index, vendor: 'amd' as const, name: 'AMD GPU' }),
      ...toMemory({ total: bytes('total_vram'), used: bytes('used_vram'), free: bytes('free_vram') }),
      utilizationPercent: usage['gfx_activity'] ?? null, memoryUtilizationPercent: usage['umc_activity'] ?? null,
      temperatureCelsius: temperature['edge'] ?? temperature['hotspot'] ?? null, powerWatts: power['socket_power'] ?? null, fanPercent: fan['usage'] ?? null,
    };
  });
}

/** `amd-smi list --json`: what tells the cards apart. */
const amdList = z.array(z.object({ gpu: z.int(), bdf: z.string(), uuid: z.string() }));

/** Puts UUIDs and PCI addresses from `amd-smi list --json` onto its metrics. @throws ZodError or SyntaxError for another shape */
export function withAmdIdentities(gpus: readonly Gpu[], listText: string): Gpu[] {
  const list = amdList.parse(JSON.parse(listText));
  return gpus.map((gpu) => {
    const known = list.find((one) => one.gpu === gpu.index);
    return known === undefined ? gpu : { ...gpu, id: gpuId.parse(`GPU-${known.uuid}`), pciBusId: known.bdf };
  });
}

function toBytes(megabytes: number | null | undefined): number | null {
  return megabytes === null || megabytes === undefined ? null : megabytes * BYTES_PER_MB;
}

function toId(uniqueId: string | null, otherwise: string): Gpu['id'] {
  return gpuId.parse(uniqueId === null ? `AMD-${otherwise}` : `GPU-${uniqueId.replace(/^0x/, '')}`);
}

function toWord(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && !/^n\/a$/i.test(value) ? value : null;
}

function toNumber(value: unknown): number | null {
  const number = typeof value === 'number' ? value : Number(toWord(value) ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
}

/** `(800Mhz)` */
function toMhz(value: unknown): number | null {
  return toNumber(/(\d+)\s*mhz/i.exec(toWord(value) ?? '')?.[1]);
}
