import { join } from 'node:path';
import type { Gpu } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import type { Clock } from '../../base/clock.ts';
import { toBareGpu, toFacts, type GpuFacts, type GpuProbe } from './gpuProbe.ts';
import { toMemory } from './nvml/nvmlCodes.ts';
import { readCards, readFirstNumber, readHasDisplay, readNumber, readSensorFolder, readText, type SysfsCard } from './sysfs.ts';

const INTEL = '0x8086';

interface EnergyMark { microjoules: number; atMs: number }

/**
 * Reads Intel's cards from the kernel (drivers i915 and xe).
 *
 * Shape: clocks, power and, where the driver has it, local memory. Load and processes are null: the kernel shows them only in each
 * process's own files, or to root. A card without local memory works in the machine's RAM: its total is 0 and unified.
 * Source: the kernel's ABI documents sysfs-driver-intel-i915-hwmon and sysfs-driver-intel-xe-hwmon, and i915's `lmem_…_bytes`.
 */
export class IntelSysfsGpuProbe implements GpuProbe {
  readonly #drmRoot: string;
  readonly #clock: Clock;
  readonly #energy = new Map<string, EnergyMark>();

  constructor({ sysRoot = '/sys', clock }: { sysRoot?: string | undefined; clock: Clock }) {
    this.#drmRoot = join(sysRoot, 'class', 'drm');
    this.#clock = clock;
  }

  async read(): Promise<GpuFacts> {
    const cards = await readCards(this.#drmRoot, INTEL);
    const gpus = await Promise.all(cards.map((card, index) => this.#readCard(card, index)));
    return toFacts(gpus, { vendor: 'intel', via: 'sysfs', state: cards.length === 0 ? 'absent' : 'ok', ageMs: 0, reason: null });
  }

  async #readCard(card: SysfsCard, index: number): Promise<Gpu> {
    const [total, free, deviceId] = await Promise.all([readNumber(join(card.path, 'lmem_total_bytes')), readNumber(join(card.path, 'lmem_avail_bytes')), readText(join(card.path, 'device', 'device'))]);
    return {
      ...toBareGpu({ id: gpuId.parse(`INTEL-${card.pciBusId}`), index, vendor: 'intel', name: `Intel GPU ${deviceId ?? ''}`.trim() }),
      ...toMemory({ total, used: null, free }), ...(await this.#readSensors(card)),
      pciBusId: card.pciBusId, isMemoryUnified: total === null, driverVersion: card.driver === '' ? null : card.driver, isDisplayAttached: await readHasDisplay(card),
    };
  }

  async #readSensors(card: SysfsCard): Promise<Partial<Gpu>> {
    const folder = await readSensorFolder(card);
    const frequencies = join(card.path, 'device', 'tile0', 'gt0', 'freq0');
    const [temperature, cap, energy, graphics, most] = await Promise.all([
      readFirstNumber([join(folder, 'temp2_input'), join(folder, 'temp1_input')], 1e-3), readNumber(join(folder, 'power1_max'), 1e-6), readNumber(join(folder, 'energy1_input')),
      readFirstNumber([join(frequencies, 'act_freq'), join(card.path, 'gt_act_freq_mhz'), join(card.path, 'gt_cur_freq_mhz')]),
      readFirstNumber([join(frequencies, 'max_freq'), join(card.path, 'gt_max_freq_mhz')]),
    ]);
    return { temperatureCelsius: temperature, powerLimitWatts: cap, powerWatts: this.#toWatts(card.pciBusId, energy), graphicsClockMhz: graphics, maxGraphicsClockMhz: most };
  }

  /** The kernel counts energy; power is what was added since the last reading. */
  #toWatts(key: string, microjoules: number | null): number | null {
    if (microjoules === null) return null;
    const before = this.#energy.get(key);
    const now = { microjoules, atMs: this.#clock.monotonicMs() };
    this.#energy.set(key, now);
    if (before === undefined || now.atMs <= before.atMs || microjoules < before.microjoules) return null;
    return (microjoules - before.microjoules) / 1000 / (now.atMs - before.atMs);
  }
}
